#!/usr/bin/env node
// Old plain JavaScript on purpose: this file must run on any Node, to say in one sentence that it is too old.
var path = require('path');
var version = process.versions.node.split('.').map(Number);
if (version[0] < 24 || (version[0] === 24 && version[1] < 15)) {
  console.error('holdfast: Node 24.15 or newer is needed, and this is Node ' + process.versions.node + '. Install a newer Node; in a folder that brings its own, call it as: npx holdfast');
  process.exit(125);
}
// Compiled once per machine, not once per command.
try {
  require('module').enableCompileCache(path.join(process.env.XDG_CACHE_HOME || path.join(require('os').homedir(), '.cache'), 'holdfast'));
} catch (error) {
  // A user without a home: slower, that is all.
}
var source = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
var main = require('fs').existsSync(source) ? source : path.join(__dirname, '..', 'dist', 'cli', 'main.js');
import(require('url').pathToFileURL(main).href);
