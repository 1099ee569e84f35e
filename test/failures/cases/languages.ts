// Programs of their own that fail, in the languages that jobs are written in.
import type { Case } from '../case.ts'

const python = (name: string, text: string, more: Partial<Case> = {}): Case => ({
  name: `python-${name}`,
  files: { 'scan.py': text, ...more.files },
  run: more.run ?? ['python3', 'scan.py'],
  ...(more.prepare === undefined ? {} : { prepare: more.prepare }),
})
const node = (name: string, text: string, run = ['node', 'build.mjs']): Case => ({
  name: `node-${name}`,
  files: { 'build.mjs': text },
  run,
})
const java = (name: string, text: string, options = ''): Case => ({
  name: `java-${name}`,
  files: { 'Main.java': text },
  prepare: 'javac Main.java',
  run: ['java', ...options.split(' ').filter(Boolean), 'Main'],
})
const go = (name: string, text: string, run = ['./job']): Case => ({
  name: `go-${name}`,
  files: { 'main.go': text, 'go.mod': 'module job\n\ngo 1.19\n' },
  prepare: 'go build -o job main.go',
  run,
})
const rust = (name: string, text: string): Case => ({
  name: `rust-${name}`,
  files: { 'main.rs': text },
  prepare: 'rustc -o job main.rs',
  run: ['./job'],
})
const ruby = (name: string, text: string): Case => ({ name: `ruby-${name}`, files: { 'sync.rb': text }, run: ['ruby', 'sync.rb'] })
const php = (name: string, text: string): Case => ({
  name: `php-${name}`,
  files: { 'import.php': `<?php\n${text}` },
  run: ['php', 'import.php'],
})
const perl = (name: string, text: string): Case => ({ name: `perl-${name}`, files: { 'sort.pl': text }, run: ['perl', 'sort.pl'] })
const mono = (name: string, text: string): Case => ({
  name: `dotnet-mono-${name}`,
  files: { 'Job.cs': text },
  prepare: 'mcs Job.cs',
  run: ['mono', 'Job.exe'],
})

export const languages: Case[] = [
  python('exception', 'def scan(n):\n    raise ValueError(f"bad frame {n}")\n\nprint("scanning")\nscan(7)\n'),
  python(
    'chained',
    'import json\ntry:\n    json.loads("{")\nexcept ValueError as error:\n    raise RuntimeError("settings.json is not readable") from error\n',
  ),
  python('chained-empty', 'try:\n    open("films.json")\nexcept OSError as error:\n    raise SystemError from error\n'),
  python('while-handling', 'films = {"title": "Heat"}\ntry:\n    films["year"]\nexcept KeyError:\n    films["released"]\n'),
  python('syntax', 'def scan(:\n    pass\n'),
  python('module', 'import numpyy\n'),
  python('exit-text', 'import sys\nprint("looking for models")\nsys.exit("no model in /models")\n'),
  python('assert', 'frames = []\nassert frames\n'),
  python('assert-said', 'frames = []\nassert len(frames) > 0, "the film has no frames"\n'),
  python('interrupt', 'import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n'),
  python('memory', 'frames = bytearray(10**15)\n'),
  python('permission', 'open("/etc/shadow")\n', {
    run: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '/usr/bin/python3', 'scan.py'],
  }),
  python('disk-full', 'with open("/dev/full", "w") as f:\n    f.write("x" * 100000)\n'),
  python(
    'address-in-use',
    'import socket\na = socket.socket()\na.bind(("127.0.0.1", 0))\na.listen()\nb = socket.socket()\nb.bind(a.getsockname())\n',
  ),
  python(
    'database-locked',
    'import sqlite3\na = sqlite3.connect("x.db", isolation_level=None)\na.execute("create table t (x)")\na.execute("begin exclusive")\nb = sqlite3.connect("x.db", timeout=0)\nb.execute("insert into t values (1)")\n',
  ),
  python('subprocess', 'import subprocess\nsubprocess.run(["cp", "films.db", "backup.db"], check=True)\n'),
  python('subprocess-silent', 'import subprocess\nsubprocess.run(["sh", "-c", "exit 3"], check=True)\n'),
  python(
    'log-then-exit',
    'import logging, sys\nlogging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")\nlog = logging.getLogger("app")\nlog.info("reading films")\nlog.error("could not open /models/faces.onnx: no such file")\nlog.info("bye")\nsys.exit(2)\n',
  ),
  python('root-logger', 'import logging, sys\nlogging.warning("slow disk")\nlogging.error("index is older than the films")\nsys.exit(1)\n'),
  python(
    'pool',
    'from multiprocessing import Pool\ndef embed(n):\n    if n == 3: raise ValueError(f"film {n} has no words")\n    return n\nif __name__ == "__main__":\n    with Pool(2) as pool: print(pool.map(embed, range(5)))\n',
  ),
  python(
    'group',
    'import asyncio\nasync def fetch(n):\n    raise ConnectionError(f"cover {n} was refused")\nasync def main():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(fetch(1))\nasyncio.run(main())\n',
  ),
  python(
    'progress',
    'import sys, time\nfor n in range(5):\n    sys.stderr.write(f"\\rframes: {n*20}%|{"#"*n}{" "*(5-n)}| {n}/5")\nraise IndexError("frame 5 of 5")\n'.replace(
      '{"#"*n}{" "*(5-n)}',
      "{'#'*n}{' '*(5-n)}",
    ),
  ),
  python('timeout', 'import asyncio\nasync def main():\n    await asyncio.wait_for(asyncio.sleep(5), 0.05)\nasyncio.run(main())\n'),
  python('unicode', 'open("a.txt", "wb").write(b"caf\\xe9")\nprint(open("a.txt", encoding="utf-8").read())\n'),
  python('refused', 'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:47899/films")\n'),
  python(
    'custom',
    'class NoSuchFilm(Exception):\n    pass\ndef find(id):\n    raise NoSuchFilm(f"film {id} is not in the library")\nfind(42)\n',
  ),
  python('key', 'films = {}\nprint(films["year"])\n'),
  python(
    'multi-line',
    'class Invalid(Exception):\n    pass\nraise Invalid("2 fields are wrong:\\n  year: must be a number\\n  title: is empty")\n',
  ),
  python('segfault', 'import ctypes, faulthandler\nfaulthandler.enable()\nctypes.string_at(0)\n'),
  python('recursion', 'def walk(n):\n    return walk(n + 1)\nwalk(0)\n'),
  python(
    'warning-first',
    'import warnings, sys\nwarnings.warn("old format")\nprint("cannot read films.csv: 3 columns missing", file=sys.stderr)\nprint("cleaning up", file=sys.stderr)\nsys.exit(1)\n',
  ),
  python('long-message', 'raise ValueError("the ids " + ", ".join(str(n) for n in range(1000, 1100)) + " are not in the library")\n'),
  python(
    'thread',
    'import threading, os\ndef work():\n    raise RuntimeError("worker 3 lost its camera")\nt = threading.Thread(target=work)\nt.start(); t.join()\nos._exit(1)\n',
  ),

  node('throw', "function rebuild() {\n  throw new TypeError('film 7 has no year')\n}\nconsole.log('rebuilding')\nrebuild()\n"),
  node('module', "import { scan } from './scan.mjs'\nscan()\n"),
  node('package', "import sharp from 'sharp'\nsharp()\n"),
  node('require', "const x = require('left-pad-not-there')\n", ['sh', '-c', 'cp build.mjs build.cjs; node build.cjs']),
  node('syntax', 'const films = [1, 2\nconsole.log(films)\n'),
  node('reject-object', "console.log('asking')\nawait Promise.reject({ status: 503, reason: 'overloaded' })\n"),
  node('fetch', "console.log('asking')\nawait fetch('http://127.0.0.1:47899/films')\n"),
  node('heap', 'const films = []\nfor (;;) films.push(new Array(1000).fill(films.length))\n', [
    'node',
    '--max-old-space-size=30',
    'build.mjs',
  ]),
  node(
    'address-in-use',
    "import { createServer } from 'node:http'\nconst a = createServer().listen(0, '127.0.0.1', () => createServer().listen(a.address().port, '127.0.0.1'))\n",
  ),
  node('assert', "import assert from 'node:assert/strict'\nassert.equal(1 + 1, 3)\n"),
  node('exec', "import { execFileSync } from 'node:child_process'\nexecFileSync('cp', ['films.db', 'backup.db'])\n"),
  node('cause', "try {\n  JSON.parse('{')\n} catch (cause) {\n  throw new Error('the settings cannot be read', { cause })\n}\n"),
  node('aggregate', "await Promise.any([Promise.reject(new Error('mirror 1 is down')), Promise.reject(new Error('mirror 2 is down'))])\n"),
  node('file', "import { readFileSync } from 'node:fs'\nreadFileSync('films.json')\n"),
  node('console-error', "console.log('reading')\nconsole.error('No films in /media/films')\nprocess.exit(1)\n"),
  node(
    'json-log',
    "const log = (level, msg, more) => console.log(JSON.stringify({ level, time: Date.now(), pid: 7, ...more, msg }))\nlog(30, 'started')\nlog(50, 'could not reach the mail server', { host: 'mail' })\nlog(30, 'closing')\nprocess.exit(1)\n",
  ),
  node(
    'sqlite-locked',
    "import { DatabaseSync } from 'node:sqlite'\nconst a = new DatabaseSync('x.db')\na.exec('create table t (x); begin exclusive')\nnew DatabaseSync('x.db').exec('insert into t values (1)')\n",
  ),
  node('exit-code', "console.log('10 of 20 done')\nprocess.exit(3)\n"),
  node(
    'custom',
    "class FilmError extends Error {\n  name = 'FilmError'\n  code = 'E_NO_YEAR'\n}\nthrow new FilmError('film 7 has no year')\n",
  ),
  node('stdout-words', "console.log('reading films')\nconsole.log('Could not find a film called Heat')\nprocess.exit(1)\n"),
  { name: 'node-typescript', files: { 'a.ts': 'enum Level { Low }\nconsole.log(Level.Low)\n' }, run: ['node', 'a.ts'] },

  java(
    'exception',
    'public class Main {\n  public static void main(String[] a) { open(); }\n  static void open() { throw new IllegalStateException("the index is open"); }\n}\n',
  ),
  java(
    'caused',
    'import java.io.*;\npublic class Main {\n  public static void main(String[] a) {\n    try { new FileReader("films.csv"); } catch (IOException e) { throw new RuntimeException("could not build the index", new RuntimeException(e)); }\n  }\n}\n',
  ),
  java(
    'caused-deep',
    'public class Main {\n  public static void main(String[] a) { deep(60); }\n  static void deep(int n) {\n    if (n > 0) { deep(n - 1); return; }\n    try { cause(60); } catch (RuntimeException e) { throw new IllegalStateException("job of Ada failed", e); }\n  }\n  static void cause(int n) { if (n > 0) { cause(n - 1); return; } throw new UnsupportedOperationException("films of 1899 are not supported"); }\n}\n',
  ),
  java(
    'memory',
    'public class Main {\n  public static void main(String[] a) { long[][] all = new long[1000][]; for (int i = 0; i < 1000; i++) all[i] = new long[1000000]; }\n}\n',
    '-Xmx32m',
  ),
  java(
    'null',
    'public class Main {\n  static String year;\n  public static void main(String[] a) { System.out.println(year.length()); }\n}\n',
  ),
  { name: 'java-class', run: ['java', 'shop.Nothing'] },
  {
    name: 'java-compile',
    files: { 'Main.java': 'public class Main {\n  public static void main(String[] a) {\n    int year = "1995";\n    yaer++;\n  }\n}\n' },
    run: ['javac', 'Main.java'],
  },
  java(
    'log',
    'import java.util.logging.*;\npublic class Main {\n  public static void main(String[] a) {\n    Logger log = Logger.getLogger("shop");\n    log.info("starting");\n    log.severe("no connection to the warehouse");\n    System.exit(2);\n  }\n}\n',
  ),
  java('stack', 'public class Main {\n  public static void main(String[] a) { main(a); }\n}\n', '-Xss256k'),

  go('panic', 'package main\n\nfunc scan(films []string, n int) string { return films[n] }\n\nfunc main() { println(scan(nil, 5)) }\n'),
  go('panic-words', 'package main\n\nimport "errors"\n\nfunc main() { panic(errors.New("no camera at /dev/video0")) }\n'),
  go('nil', 'package main\n\ntype film struct{ year int }\n\nfunc find() *film { return nil }\n\nfunc main() { println(find().year) }\n'),
  go('deadlock', 'package main\n\nfunc main() { <-make(chan int) }\n'),
  go(
    'fatal',
    'package main\n\nimport (\n\t"log"\n\t"os"\n)\n\nfunc main() {\n\tlog.Print("starting")\n\tif _, err := os.Open("films.json"); err != nil {\n\t\tlog.Fatal(err)\n\t}\n}\n',
  ),
  go('build', 'package main\n\nimport "os"\n\nfunc main() {\n\tfilms := 3\n\tprintln(flims)\n}\n', ['go', 'build', '-o', 'job', 'main.go']),
  go(
    'run',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Fprintln(os.Stderr, "no films to scan")\n\tos.Exit(3)\n}\n',
    ['go', 'run', 'main.go'],
  ),
  go(
    'memory',
    'package main\n\nfunc main() {\n\tvar all [][]byte\n\tfor {\n\t\tb := make([]byte, 64<<20)\n\t\tfor i := range b {\n\t\t\tb[i] = 1\n\t\t}\n\t\tall = append(all, b)\n\t}\n}\n',
    ['sh', '-c', 'ulimit -v 1000000; exec ./job'],
  ),
  go('module', 'package main\n\nimport "example.org/nothing"\n\nfunc main() { nothing.Do() }\n', ['go', 'build', '-o', 'job', 'main.go']),
  {
    name: 'go-test',
    files: {
      'a_test.go': 'package job\n\nimport "testing"\n\nfunc TestYear(t *testing.T) {\n\tt.Errorf("year is %d, wanted 1995", 1994)\n}\n',
      'go.mod': 'module job\n\ngo 1.19\n',
    },
    run: ['go', 'test', './...'],
  },

  rust('panic', 'fn main() { let films: Vec<i32> = vec![]; println!("{}", films[std::env::args().count() + 4]); }\n'),
  rust('unwrap', 'fn main() { let text = std::fs::read_to_string("films.json").unwrap(); println!("{text}"); }\n'),
  rust('expect', 'fn main() { let year: i32 = "19x5".parse().expect("the year is a number"); println!("{year}"); }\n'),
  rust('result', 'use std::io;\nfn main() -> Result<(), io::Error> { std::fs::read_to_string("films.json")?; Ok(()) }\n'),
  rust('result-text', 'fn main() -> Result<(), String> { Err(String::from("no films in /media")) }\n'),
  rust('memory', 'fn main() { let v: Vec<u8> = Vec::with_capacity(1 << 46); println!("{}", v.len()); }\n'),
  rust(
    'stack',
    'fn walk(n: u64) -> u64 { let a = [n; 1000]; if n == 0 { 0 } else { walk(n + 1) + std::hint::black_box(a)[7] } }\nfn main() { println!("{}", walk(1)); }\n',
  ),
  rust(
    'chain',
    'fn main() { eprintln!("Error: reading the settings\\n\\nCaused by:\\n    0: opening films.toml\\n    1: No such file or directory (os error 2)"); std::process::exit(1) }\n',
  ),
  {
    name: 'rust-compile',
    files: { 'main.rs': 'fn main() {\n    let year: i32 = "1995";\n    println!("{}", yaer);\n}\n' },
    run: ['rustc', 'main.rs'],
  },
  {
    name: 'cargo-build',
    files: {
      'Cargo.toml': '[package]\nname = "job"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': 'use films::Film;\nfn main() {}\n',
    },
    run: ['cargo', 'build', '--offline'],
  },
  {
    name: 'cargo-manifest',
    files: { 'Cargo.toml': '[package]\nname = "job"\nversion = "one"\n', 'src/main.rs': 'fn main() {}\n' },
    run: ['cargo', 'build', '--offline'],
  },
  {
    name: 'cargo-test',
    files: {
      'Cargo.toml': '[package]\nname = "job"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/lib.rs': '#[test]\nfn year() { assert_eq!(1 + 1, 3); }\n',
    },
    run: ['cargo', 'test', '--offline'],
  },

  ruby('raise', "def load(path)\n  raise ArgumentError, \"#{path} has no films\"\nend\nputs 'syncing'\nload('films.yml')\n"),
  ruby('cause', "begin\n  File.read('films.yml')\nrescue => e\n  raise 'the library cannot be read'\nend\n"),
  ruby('gem', "require 'nokogirii'\n"),
  ruby('method', 'films = nil\nfilms.each { |f| p f }\n'),
  ruby('syntax', 'def sync(\n  1\nend\n'),
  ruby('abort', "puts 'syncing'\nabort 'No films in /media'\n"),

  mono('exception', 'using System;\nclass Job { static void Main() { throw new InvalidOperationException("the index is open"); } }\n'),
  mono(
    'inner',
    'using System;\nclass Job { static void Main() { try { int.Parse("x"); } catch (Exception e) { throw new ApplicationException("could not read the year", e); } } }\n',
  ),
  { name: 'dotnet-mono-compile', files: { 'Job.cs': 'class Job { static void Main() { int year = "1995"; } }\n' }, run: ['mcs', 'Job.cs'] },

  php('exception', 'function import($f) { throw new RuntimeException("$f has no rows"); }\necho "importing\\n";\nimport("films.csv");\n'),
  php('parse', 'echo "a"\necho "b";\n'),
  php('memory', 'ini_set("memory_limit", "8M");\n$all = [];\nwhile (true) $all[] = str_repeat("x", 100000);\n'),
  php('undefined', 'imprt("films.csv");\n'),
  perl('die', 'use strict;\nprint "sorting\\n";\nopen(my $f, "<", "films.csv") or die "Cannot open films.csv: $!";\n'),
  perl('module', 'use Film::Library;\n'),
  perl('syntax', 'use strict;\nmy $year = 1995;\nprint $yaer;\n'),
]
