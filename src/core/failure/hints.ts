// What a person can do about a failure, where we really know. One short sentence or two; nothing where it would be a guess.

/** What to do about a failure with this message, or null. */
export function hintOf(message: string): string | null {
  return hints.find(([when]) => when.test(message))?.[1] ?? null
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/no space left on device|\bENOSPC\b|database or disk is full|disk full/i, 'The disk is full. Make room, then retry.'],
  [/\bEDQUOT\b|quota exceeded/i, 'The disk quota is used up. Make room, then retry.'],
  [/\bEADDRINUSE\b|address (?:is )?already in use/i, 'Another program uses that port. `ss -ltnp` shows which.'],
  [
    /database (?:table )?is locked|\bSQLITE_BUSY\b|database is busy/i,
    'Another process is writing to the database. Retry, or set a busy timeout.',
  ],
  [/JavaScript heap out of memory/, 'Give Node more with `--max-old-space-size` (MB), or let it hold less at a time.'],
  [/OutOfMemoryError/, 'Give Java more with `-Xmx`, or let it hold less at a time.'],
  [/Allowed memory size of \d+ bytes exhausted/, 'Raise `memory_limit`, or let it hold less at a time.'],
  [
    /\bMemoryError\b|\bENOMEM\b|cannot allocate memory|out of memory|memory allocation of \d+ bytes failed|std::bad_alloc/i,
    'There was not enough memory. Give it more, or let it hold less at a time.',
  ],
  [/\bEMFILE\b|too many open files/i, 'It has too many files open. Raise `ulimit -n`, or close what is not needed.'],
  [/read-only file system|\bEROFS\b/i, 'That folder is on a file system that is mounted read-only.'],
  [/python3?\\?r’|\^M: bad interpreter|\r/, 'Its first line has a Windows line end. Save the script with LF.'],
  [
    /cannot execute: required file not found|bad interpreter/i,
    'The program named in its first line is not there; a Windows line end there does the same.',
  ],
  [/exec format error|is no program for this machine/i, 'It is made for another machine, or lacks a first line like `#!/bin/sh`.'],
  [/permission denied \(publickey|Host key verification failed/i, 'Check the SSH key and known_hosts of the user that the runner runs as.'],
  [/permission denied|\bEACCES\b|\bEPERM\b|operation not permitted/i, 'Check its rights, and which user the runner runs as.'],
  [/Cannot connect to the Docker daemon/, 'Check that Docker runs and that this user may use it.'],
  [/booted with systemd/, 'There is no systemd here, as in most containers. Start the service another way.'],
  [
    /\bECONNREFUSED\b|connection refused|Couldn't connect to server/i,
    'Nothing listens there. Check that the service is up, and its address.',
  ],
  [
    /\bENOTFOUND\b|\bEAI_AGAIN\b|could not resolve host|name or service not known|name resolution|no such host/i,
    'The name could not be looked up. Check its spelling and the network.',
  ],
  [/\bETIMEDOUT\b|connection timed out/i, 'No answer came. Check the address, the network and the firewall.'],
  [
    /certificate (?:verify failed|has expired|is not trusted)|self.signed certificate|SSL certificate problem/i,
    "The server's certificate was refused. Check the clock and the CA certificates.",
  ],
  [/^ModuleNotFoundError|No module named/, 'Install it in the Python that the job uses (its virtual environment).'],
  [/Cannot find (?:module|package) '[^./]/, 'Install it where the job runs (`npm install`).'],
  [/cannot load such file -- [^./]/, 'Install the gem where the job runs (`bundle install`).'],
  [/^Can't locate \S+ in @INC/, 'Install the Perl module where the job runs.'],
  [/fatal error: [\w./+-]+\.h(?:pp)?: No such file/, 'Install the development package that has this header.'],
  [/externally-managed-environment/, 'Use a virtual environment: `python3 -m venv`.'],
  [/^Unknown encoder '/, 'This ffmpeg is built without it. `ffmpeg -encoders` lists what it has.'],
  [/index\.lock': File exists/, 'Another git is at work there, or one crashed: if none runs, remove the lock file.'],
  [/detected dubious ownership/, 'The folder belongs to another user: `git config --global --add safe.directory`.'],
  [/\[(?:remote )?rejected\].*(?:fetch first|non-fast-forward)/, 'Others pushed meanwhile. Pull first.'],
  [/existing package-lock\.json/, 'Commit a package-lock.json, or use `npm install`.'],
  [/Could not get lock \/var\/lib|dpkg frontend lock/, 'Another apt is at work. Wait for it, then retry.'],
]
