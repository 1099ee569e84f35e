// Tools that jobs call.
import type { Case } from '../case.ts'

export const tools: Case[] = [
  {
    name: 'gcc-error',
    files: { 'main.c': 'int main() {\n  int year = 1995\n  return yaer;\n}\nint next() { return films; }\n' },
    run: ['gcc', '-c', 'main.c'],
  },
  { name: 'gcc-header', files: { 'main.c': '#include <zlibb.h>\nint main() {}\n' }, run: ['gcc', '-c', 'main.c'] },
  {
    name: 'gcc-warning-first',
    files: { 'main.c': 'int main() {\n  char *p = 5;\n  return missing(p) + nothing;\n}\n' },
    run: ['gcc', '-Wall', '-c', 'main.c'],
  },
  { name: 'gcc-link', files: { 'main.c': 'int frames();\nint main() { return frames(); }\n' }, run: ['gcc', 'main.c', '-o', 'job'] },
  { name: 'gcc-library', files: { 'main.c': 'int main() {}\n' }, run: ['gcc', 'main.c', '-lnothing'] },
  {
    name: 'make-compile',
    files: {
      Makefile: 'all: job\njob: main.o\n\tgcc -o job main.o\nmain.o: main.c\n\tgcc -c main.c\n',
      'main.c': 'int main() { return films; }\n',
    },
    run: ['make', 'all'],
  },
  { name: 'make-no-rule', files: { Makefile: 'all: films.db\n' }, run: ['make'] },
  { name: 'make-separator', files: { Makefile: 'all:\n    echo no tab\n' }, run: ['make'] },
  {
    name: 'make-recursive',
    files: {
      Makefile: 'all:\n\t@$(MAKE) -C sub\n',
      'sub/Makefile': 'all:\n\t@echo building\n\t@python3 -c "raise ValueError(\'no films\')"\n',
    },
    run: ['make'],
  },
  { name: 'make-silent', files: { Makefile: 'all:\n\t@exit 3\n' }, run: ['make'] },
  {
    name: 'make-parallel',
    files: {
      Makefile:
        'all: a b c\na:\n\t@sleep 0.3; echo a done\nb:\n\t@echo "cannot reach the camera" >&2; exit 1\nc:\n\t@sleep 0.5; echo c done\n',
    },
    run: ['make', '-j3'],
  },

  {
    name: 'npm-script',
    files: {
      'package.json': '{ "name": "shop", "version": "1.0.0", "scripts": { "build": "node build.js" } }',
      'build.js': "throw new RangeError('page 9 of 8')\n",
    },
    run: ['npm', 'run', 'build'],
  },
  {
    name: 'npm-missing-script',
    files: { 'package.json': '{ "name": "shop", "version": "1.0.0", "scripts": { "build": "true" } }' },
    run: ['npm', 'run', 'biuld'],
  },
  { name: 'npm-no-package', run: ['npm', 'run', 'build', '--prefix', '/tmp/holdfast-failures/npm-no-package'] },
  { name: 'npm-broken-package', files: { 'package.json': '{ "name": "shop", }' }, run: ['npm', 'run', 'build'] },
  {
    name: 'npm-not-found',
    files: { 'package.json': '{ "name": "shop", "version": "1.0.0" }' },
    run: ['npm', 'install', 'left-padd'],
    serve: true,
  },
  {
    name: 'npm-refused',
    files: { 'package.json': '{ "name": "shop", "version": "1.0.0", "dependencies": { "left-pad": "1.3.0" } }' },
    run: ['npm', 'install', '--registry', 'http://127.0.0.1:47899/'],
  },
  { name: 'npm-ci-no-lock', files: { 'package.json': '{ "name": "shop", "version": "1.0.0" }' }, run: ['npm', 'ci'] },
  {
    name: 'npm-script-not-found',
    files: { 'package.json': '{ "name": "shop", "version": "1.0.0", "scripts": { "build": "vitee build" } }' },
    run: ['npm', 'run', 'build'],
  },
  {
    name: 'npm-peer',
    files: {
      'package.json': '{ "name": "shop", "version": "1.0.0", "dependencies": { "a": "file:./a", "b": "file:./b" } }',
      'a/package.json': '{ "name": "a", "version": "1.0.0", "peerDependencies": { "b": "2" } }',
      'b/package.json': '{ "name": "b", "version": "1.0.0" }',
    },
    run: ['npm', 'install'],
  },
  {
    name: 'npm-postinstall',
    files: {
      'package.json':
        '{ "name": "shop", "version": "1.0.0", "scripts": { "postinstall": "node -e \\"console.error(\'no compiler for sharp\'); process.exit(1)\\"" } }',
    },
    run: ['npm', 'install'],
  },

  { name: 'pip-not-found', prepare: 'python3 -m venv v', run: ['./v/bin/pip', 'install', 'nosuchpackageever'], serve: true },
  { name: 'pip-requirements', prepare: 'python3 -m venv v', run: ['./v/bin/pip', 'install', '-r', 'requirements.txt'] },
  { name: 'pip-externally-managed', run: ['/usr/bin/python3', '-m', 'pip', 'install', 'nosuchpackageever'] },
  {
    name: 'pip-build',
    files: { 'pkg/setup.py': 'raise RuntimeError("libfaces 2 is needed")\n' },
    prepare: 'python3 -m venv v; ./v/bin/pip install setuptools wheel',
    run: ['./v/bin/pip', 'install', '--no-build-isolation', './pkg'],
  },
  {
    name: 'pip-conflict',
    files: { 'a/pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "nothing"\n' },
    prepare: 'python3 -m venv v',
    run: ['./v/bin/pip', 'install', '--no-build-isolation', './a'],
  },
  {
    name: 'pytest-failure',
    files: {
      'test_scan.py':
        'def scan(n):\n    return n + 1\n\ndef test_one():\n    assert scan(1) == 2\n\ndef test_year():\n    assert scan(1994) == 1996\n',
    },
    run: ['pytest'],
  },
  {
    name: 'pytest-error',
    files: { 'test_scan.py': 'import os\n\ndef test_year():\n    os.stat("/nowhere/films.db")\n' },
    run: ['pytest', '-q'],
  },
  {
    name: 'unittest-failure',
    files: {
      'test_scan.py':
        'import unittest\n\nclass Scan(unittest.TestCase):\n    def test_year(self):\n        self.assertEqual(1 + 1, 3)\n\nunittest.main()\n',
    },
    run: ['python3', 'test_scan.py'],
  },
  {
    name: 'node-test',
    files: {
      'a.test.mjs':
        "import test from 'node:test'\nimport assert from 'node:assert/strict'\ntest('adds', () => assert.equal(1, 1))\ntest('finds the year', () => assert.equal(1994, 1995))\n",
    },
    run: ['node', '--test'],
  },
  {
    name: 'node-test-tap',
    files: { 'a.test.mjs': "import test from 'node:test'\ntest('finds the year', () => { throw new Error('no film is called Heat') })\n" },
    run: ['node', '--test', '--test-reporter=tap'],
  },
  {
    name: 'tsc-error',
    files: { 'a.ts': "const year: number = '1995'\nexport const next = yaer + 1\n" },
    run: ['tsc', '--noEmit', '--strict', 'a.ts'],
  },
  {
    name: 'tsc-npm',
    files: {
      'a.ts': "export const year: number = '1995'\n",
      'package.json': '{ "name": "shop", "version": "1.0.0", "scripts": { "build": "tsc --noEmit a.ts" } }',
    },
    run: ['npm', 'run', 'build'],
  },

  { name: 'ffmpeg-missing', run: ['ffmpeg', '-i', 'film.mkv', 'film.mp4'] },
  { name: 'ffmpeg-broken', files: { 'film.mp4': 'this is no film\n' }, run: ['ffmpeg', '-i', 'film.mp4', 'out.webm'] },
  {
    name: 'ffmpeg-moov',
    prepare: 'ffmpeg -loglevel error -f lavfi -i testsrc=d=1:s=64x64 a.mp4; head -c 900 a.mp4 > film.mp4',
    run: ['ffmpeg', '-i', 'film.mp4', 'out.webm'],
  },
  { name: 'ffmpeg-encoder', run: ['ffmpeg', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-c:v', 'libnothing', 'out.mp4'] },
  {
    name: 'ffmpeg-disk-full',
    run: ['ffmpeg', '-y', '-f', 'lavfi', '-i', 'testsrc=d=2:s=640x480', '-c:v', 'rawvideo', '-f', 'rawvideo', '/dev/full'],
  },
  { name: 'ffmpeg-filter', run: ['ffmpeg', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-vf', 'sclae=32:32', 'out.mp4'] },
  { name: 'ffmpeg-stream', run: ['ffmpeg', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-map', '0:a', 'out.mp4'] },
  { name: 'ffmpeg-exists', files: { 'out.mp4': 'x' }, run: ['ffmpeg', '-n', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', 'out.mp4'] },
  { name: 'ffprobe-missing', run: ['ffprobe', '-v', 'error', 'film.mkv'] },

  { name: 'git-not-a-repository', run: ['git', 'status'] },
  { name: 'git-clone-missing', run: ['git', 'clone', '/nowhere/films.git'] },
  { name: 'git-clone-404', run: ['git', 'clone', 'http://127.0.0.1:47811/films.git'], serve: true },
  { name: 'git-clone-refused', run: ['git', 'clone', 'http://127.0.0.1:47899/films.git'] },
  { name: 'git-lock', prepare: 'git init; touch a .git/index.lock', run: ['git', 'add', 'a'] },
  {
    name: 'git-push-rejected',
    prepare:
      'git init --bare up; git config --global user.email a@b; git config --global user.name a; git clone up one; git clone up two; for w in one two; do (cd $w; echo $w > f; git add f; git commit -m $w; [ $w = two ] || git push origin HEAD:master); done',
    run: ['git', '-C', 'two', 'push', 'origin', 'HEAD:master'],
  },
  {
    name: 'git-conflict',
    prepare:
      'git init; git config user.email a@b; git config user.name a; echo 1 > f; git add f; git commit -m 1; git checkout -b two; echo 2 > f; git commit -am 2; git checkout -; echo 3 > f; git commit -am 3',
    run: ['git', 'merge', 'two'],
  },
  {
    name: 'git-checkout',
    prepare: 'git init; git config user.email a@b; git config user.name a; git commit --allow-empty -m 1',
    run: ['git', 'checkout', 'relaese'],
  },

  { name: 'curl-resolve', run: ['curl', '-fsS', 'http://films.invalid/a'] },
  { name: 'curl-refused', run: ['curl', '-o', 'a', 'http://127.0.0.1:47899/a'] },
  { name: 'curl-404', run: ['curl', '-f', '-O', 'http://127.0.0.1:47811/a.zip'], serve: true },
  { name: 'wget-404', run: ['wget', 'http://127.0.0.1:47811/a.zip'], serve: true },
  { name: 'wget-refused', run: ['wget', '-t', '1', 'http://127.0.0.1:47899/a.zip'] },
  { name: 'tar-missing', run: ['tar', '-xzf', 'backup.tar.gz'] },
  { name: 'tar-broken', files: { 'backup.tar.gz': 'no archive' }, run: ['tar', '-xzf', 'backup.tar.gz'] },
  { name: 'tar-member', files: { a: 'a' }, run: ['tar', '-cf', 'x.tar', 'a', 'films'] },
  { name: 'gzip-broken', files: { 'a.gz': 'no archive' }, run: ['gzip', '-d', 'a.gz'] },
  { name: 'gzip-cut', prepare: 'head -c 100000 /dev/urandom | gzip | head -c 5000 > a.gz', run: ['gzip', '-t', 'a.gz'] },
  { name: 'rsync-missing', files: { 'b/x': 'x' }, run: ['rsync', '-a', 'films/', 'b/'] },
  { name: 'rsync-ssh', run: ['rsync', '-a', '-e', 'ssh -p 47899 -o BatchMode=yes', 'films/', 'ada@127.0.0.1:b/'] },
  { name: 'ssh-refused', run: ['ssh', '-p', '47899', '-o', 'BatchMode=yes', 'ada@127.0.0.1', 'true'] },
  { name: 'ssh-key', run: ['ssh', '-i', 'nokey', '-o', 'BatchMode=yes', '-p', '47899', 'ada@localhost.invalid', 'true'] },
  { name: 'psql-refused', run: ['psql', '-h', '127.0.0.1', '-p', '47899', '-c', 'select 1'] },
  { name: 'pg-dump-refused', run: ['pg_dump', '-h', '127.0.0.1', '-p', '47899', 'shop'] },
  { name: 'sqlite-table', run: ['sqlite3', 'x.db', 'select * from films'] },
  {
    name: 'sqlite-constraint',
    prepare: 'sqlite3 x.db "create table film (id primary key); insert into film values (1)"',
    run: ['sqlite3', 'x.db', 'insert into film values (1)'],
  },
  { name: 'docker-no-daemon', run: ['docker', 'build', '.'] },
  { name: 'docker-ps', run: ['docker', 'run', '--rm', 'alpine', 'true'] },
  { name: 'systemctl-no-systemd', run: ['systemctl', 'restart', 'films.service'] },
  { name: 'dd-full', run: ['dd', 'if=/dev/zero', 'of=/dev/full', 'bs=1M', 'count=3'] },
  { name: 'rm-missing', run: ['rm', 'films.db'] },
  { name: 'mv-many', files: { a: 'a' }, run: ['mv', 'a', 'b', 'nowhere/'] },
  { name: 'mkdir-denied', run: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'mkdir', '/srv/films'] },
  { name: 'find-missing', run: ['find', '/nowhere', '-name', '*.mkv'] },
  { name: 'grep-usage', run: ['grep', '--nothing', 'x'] },
  { name: 'apt-missing', run: ['apt-get', 'install', '-y', 'nosuchpackageever'] },
]
