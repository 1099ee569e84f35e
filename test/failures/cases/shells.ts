// Shells, starts that fail, signals and limits.
import type { Case } from '../case.ts'

const bash = (name: string, script: string, more: Partial<Case> = {}): Case => ({
  name: `shell-${name}`,
  files: { 'job.sh': script, ...more.files },
  run: ['bash', 'job.sh'],
  ...(more.prepare === undefined ? {} : { prepare: more.prepare }),
})
const c = (name: string, text: string, more: Partial<Case> = {}): Case => ({
  name: `signal-${name}`,
  files: { 'job.c': text },
  prepare: 'gcc -O0 -g -o job job.c',
  run: ['./job'],
  ...more,
})

export const shells: Case[] = [
  bash('set-e', 'set -e\necho copying\ncp films.db backup/\necho never\n'),
  bash('set-x', 'set -ex\nmkdir out\ncp films.db out/\n'),
  bash('unbound', 'set -eu\necho "$MODELS"\n'),
  bash('syntax', 'for film in a b; do\n  echo $film\n'),
  bash('not-found', 'set -e\nffmpegg -i a.mkv b.mp4\n'),
  bash('permission', 'set -e\n./scan.py\n', { files: { 'scan.py': 'print(1)\n' } }),
  bash('windows-ends', 'set -e\n./scan.py\n', { files: { 'scan.py': '#!/usr/bin/python3\r\nprint(1)\r\n' }, prepare: 'chmod +x scan.py' }),
  bash('env-windows-ends', 'set -e\n./scan.py\n', {
    files: { 'scan.py': '#!/usr/bin/env python3\r\nprint(1)\r\n' },
    prepare: 'chmod +x scan.py',
  }),
  bash('interpreter', 'set -e\n./scan\n', { files: { scan: '#!/opt/nothing/python\nprint(1)\n' }, prepare: 'chmod +x scan' }),
  bash('killed-child', "set -e\necho training\nsh -c 'kill -9 $$'\necho never\n"),
  bash('echo-error', 'echo "checking"\necho "Error: no space for the index on /srv" >&2\necho "leaving" >&2\nexit 7\n'),
  bash('timeout', 'set -e\necho waiting\ntimeout 0.2 sleep 5\n'),
  bash('read-only', 'set -e\nmkdir m\nunshare -m sh -c "mount -t tmpfs -o ro none m; mkdir m/films"\n'),
  bash('silent', 'exit 9\n'),
  bash('pipe-fail', 'set -eo pipefail\ncat films.csv | sort > out.csv\n'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell expands it
  bash('parameter', ': "${1:?give the folder of films}"\n'),
  bash('return-text', 'echo "FATAL: migration 12 was changed after it ran"\nexit 1\n'),
  { name: 'sh-not-found', run: ['sh', '-c', 'ffmpegg -i a.mkv'] },
  { name: 'start-not-found', run: ['ffmpegg', '-i', 'a.mkv'] },
  { name: 'start-permission', files: { 'scan.py': 'print(1)\n' }, run: ['./scan.py'] },
  {
    name: 'start-exec-format',
    prepare: 'head -c 4096 /dev/urandom > scan; printf "\\177ELF" | dd of=scan conv=notrunc; chmod +x scan',
    run: ['./scan'],
  },
  { name: 'start-folder', prepare: 'mkdir scan', run: ['./scan'] },
  { name: 'busybox-cp', run: ['busybox', 'cp', 'films.db', 'backup.db'] },
  { name: 'busybox-sh', run: ['busybox', 'sh', '-c', 'set -e; cat films.csv'] },
  { name: 'timeout-alone', run: ['timeout', '0.2', 'sleep', '5'] },

  c('segv', 'int main() { int *p = 0; return *p; }\n'),
  c('abort', '#include <assert.h>\nint main(int argc, char **argv) { assert(argc == 7); }\n'),
  c('double-free', '#include <stdlib.h>\nint main() { char *p = malloc(9); free(p); free(p); }\n'),
  {
    name: 'signal-cxx',
    files: { 'job.cpp': '#include <stdexcept>\nint main() { throw std::runtime_error("film 7 has no year"); }\n' },
    prepare: 'g++ -o job job.cpp',
    run: ['./job'],
  },
  {
    name: 'signal-cxx-memory',
    files: { 'job.cpp': '#include <vector>\nint main(int c, char**) { std::vector<char> v(1ull << 60 >> c); return v[3]; }\n' },
    prepare: 'g++ -o job job.cpp',
    run: ['./job'],
  },
  {
    name: 'signal-sanitizer',
    files: { 'job.c': '#include <stdlib.h>\nint main() { char *p = malloc(8); p[9] = 1; return p[9]; }\n' },
    prepare: 'gcc -fsanitize=address -g -o job job.c',
    run: ['./job'],
  },
  { name: 'signal-kill', run: ['sh', '-c', 'echo training; kill -9 $$'] },
  { name: 'signal-term', run: ['sh', '-c', 'echo training; kill -15 $$'] },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell expands it
  { name: 'signal-pipe', run: ['bash', '-c', 'yes | head -1 > /dev/null; exit ${PIPESTATUS[0]}'] },
  { name: 'signal-file-size', run: ['bash', '-c', 'ulimit -f 10; exec dd if=/dev/zero of=big bs=100k count=9'] },
  { name: 'signal-cpu', run: ['bash', '-c', 'ulimit -St 1; exec python3 -c "while True: pass"'] },
]
