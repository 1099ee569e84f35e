// The second lot of unseen failures, chosen before the rules were changed for the misses of the first.
import type { Case } from '../case.ts'

export const unseenSecond: Case[] = [
  { name: 'xz-broken', files: { 'a.xz': 'nothing packed' }, run: ['xz', '-d', 'a.xz'] },
  { name: 'zip-nothing', run: ['zip', 'a.zip', 'films'] },
  { name: 'sed-expression', files: { a: 'x' }, run: ['sed', '-i', 's/a/b', 'a'] },
  { name: 'php-warning', files: { 'a.php': '<?php\n$f = fopen("films.csv", "r");\nif (!$f) exit(1);\n' }, run: ['php', 'a.php'] },
  {
    name: 'python-http',
    files: { 'a.py': 'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:47811/films.json")\n' },
    run: ['python3', 'a.py'],
    serve: true,
  },
  { name: 'python-zip', files: { 'a.py': 'import zipfile\nzipfile.ZipFile("a.zip")\n', 'a.zip': 'no zip' }, run: ['python3', 'a.py'] },
  { name: 'python-module-name', run: ['python3', '-m', 'scanner'] },
  { name: 'python-json-tool', files: { 'films.json': '{"a": 1,}' }, run: ['python3', '-m', 'json.tool', 'films.json'] },
  {
    name: 'node-worker',
    files: {
      'a.mjs': "import { Worker } from 'node:worker_threads'\nnew Worker(\"throw new RangeError('frame 9 of 8')\", { eval: true })\n",
    },
    run: ['node', 'a.mjs'],
  },
  { name: 'node-no-file', run: ['node', 'server.js'] },
  {
    name: 'node-pretty-log',
    files: {
      'a.mjs':
        "console.log('[12:00:01.120] INFO (7): starting')\nconsole.log('[12:00:01.123] ERROR (7): the mail server refused the letter')\nconsole.log('[12:00:01.125] INFO (7): stopped')\nprocess.exitCode = 1\n",
    },
    run: ['node', 'a.mjs'],
  },
  { name: 'ruby-json', files: { 'a.rb': "require 'json'\nJSON.parse('{')\n" }, run: ['ruby', 'a.rb'] },
  { name: 'bundle-no-gemfile', run: ['bundle', 'install'] },
  { name: 'go-no-module', run: ['go', 'run', '.'] },
  {
    name: 'go-wrapped',
    files: {
      'main.go':
        'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Println("scanning")\n\t_, err := os.ReadFile("films.db")\n\tfmt.Fprintf(os.Stderr, "scan: %v\\n", fmt.Errorf("reading the index: %w", err))\n\tos.Exit(1)\n}\n',
    },
    prepare: 'go build -o job main.go',
    run: ['./job'],
  },
  {
    name: 'rust-overflow',
    files: { 'main.rs': 'fn main() { let n: u8 = std::env::args().count() as u8; println!("{}", n - 2); }\n' },
    prepare: 'rustc -o job main.rs',
    run: ['./job'],
  },
  {
    name: 'java-executor',
    files: {
      'Main.java':
        'import java.util.concurrent.*;\npublic class Main {\n  public static void main(String[] a) throws Exception {\n    ExecutorService pool = Executors.newFixedThreadPool(1);\n    try { pool.submit(() -> new int[2][3][0].length + new int[1][9].length + a[4].length()).get(); } finally { pool.shutdown(); }\n  }\n}\n',
    },
    prepare: 'javac Main.java',
    run: ['java', 'Main'],
  },
  { name: 'perl-no-file', run: ['perl', 'sort.pl'] },
  {
    name: 'gxx-semicolon',
    files: { 'a.cpp': '#include <string>\nstruct Film { std::string title; }\nint main() { Film f; return f.year; }\n' },
    run: ['g++', '-c', 'a.cpp'],
  },
  {
    name: 'ld-twice',
    files: { 'a.c': 'int main() { return 0; }\n', 'b.c': 'int main() { return 1; }\n' },
    run: ['gcc', 'a.c', 'b.c', '-o', 'job'],
  },
  { name: 'make-command', files: { Makefile: 'all:\n\tffmpegg -i a.mkv b.mp4\n' }, run: ['make'] },
  {
    name: 'cmake-syntax',
    files: { 'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.10)\nproject(scan C)\nadd_executible(scan scan.c)\n' },
    run: ['cmake', '-B', 'build'],
  },
  { name: 'ffmpeg-option', run: ['ffmpeg', '-hide_banner', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-crff', '20', 'out.mp4'] },
  { name: 'git-clone-ssh', run: ['git', 'clone', 'ssh://ada@127.0.0.1:47899/films.git'] },
  {
    name: 'git-identity',
    prepare: 'git init; touch a; git add a',
    run: ['git', 'commit', '-m', 'a'],
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.useConfigOnly', GIT_CONFIG_VALUE_0: 'true' },
  },
  { name: 'curl-tls', run: ['curl', '-sS', 'https://127.0.0.1:47811/a'], serve: true },
  { name: 'wget-host', run: ['wget', '-t', '1', 'http://films.invalid/a.zip'] },
  { name: 'sqlite-syntax', run: ['sqlite3', 'x.db', 'selct 1'] },
  {
    name: 'kubectl-yaml',
    files: { 'a.yaml': 'kind: [a\n' },
    run: ['kubectl', 'apply', '--dry-run=client', '--validate=false', '-f', 'a.yaml'],
  },
  { name: 'ssh-option', run: ['ssh', '-o', 'Nothing=yes', 'ada@127.0.0.1', 'true'] },
  { name: 'dpkg-broken', files: { 'a.deb': 'no package' }, run: ['dpkg', '-i', 'a.deb'] },
  {
    name: 'restic-password',
    prepare: 'RESTIC_PASSWORD=a restic -r backup init',
    run: ['restic', '-r', 'backup', 'snapshots'],
    env: { RESTIC_PASSWORD: 'b' },
  },
  { name: 'jq-program', files: { 'a.json': '{}' }, run: ['jq', '.films[', 'a.json'] },
  { name: 'tar-full', prepare: 'head -c 300000 /dev/urandom > a', run: ['tar', '-cf', '/dev/full', 'a'] },
  {
    name: 'pip-syntax',
    files: { 'requirements.txt': 'numpy=>1.0\n' },
    prepare: 'python3 -m venv v',
    run: ['./v/bin/pip', 'install', '-r', 'requirements.txt'],
  },
  {
    name: 'npm-workspace',
    files: { 'package.json': '{ "name": "shop", "version": "1.0.0" }' },
    run: ['npm', 'run', 'build', '-w', 'dashboard'],
  },
  { name: 'r-syntax', files: { 'a.R': 'x <- c(1, 2\ny <- 3\n' }, run: ['Rscript', 'a.R'] },
  { name: 'lua-syntax', files: { 'a.lua': 'for i = 1, 3 print(i) end\n' }, run: ['lua5.4', 'a.lua'] },
  { name: 'dot-syntax', files: { 'a.dot': 'digraph { a -> b -> }\n' }, run: ['dot', '-Tpng', 'a.dot', '-o', 'a.png'] },
  { name: 'pandoc-missing', run: ['pandoc', 'chapter1.md', '-o', 'book.epub'] },
  { name: 'rclone-source', run: ['rclone', 'copy', 'films', 'backup', '--retries', '1'] },
  {
    name: 'ansible-yaml',
    files: { 'play.yml': '- hosts: localhost\n  tasks:\n  - name: a\n   command: true\n' },
    run: ['ansible-playbook', 'play.yml'],
  },
]
