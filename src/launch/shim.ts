// The shim between a runner and a command: shell builtins only, no process of its own beside `sh`. PROTOCOL.md, version 1.
// Descriptors: 7 is the command's stderr, 8 the exit record, to be overwritten; 9 is the FIFO that every member of the tree inherits as its proof of life.
// Arguments: the latch's path, the path of the cgroup's list of processes (or nothing), then the command.
import { nobodyLeft } from './exit-record.ts'
import { type Reaper, setChildSubreaper } from './facilities.ts'

export interface ShimParts {
  /** The command enters a cgroup before it begins. */
  entersCgroup: boolean
  openFiles: number | null
  cpuSeconds: number | null
  /** Orphans of the tree become children of the shim, and it outlives them. */
  reaper: Reaper | null
}

// Line by line:
// - the latch is O_EXCL: of two starts one goes on, the other ends without a trace;
// - a handler, not "ignore": ignored signals are inherited by the command, handlers are not. So TERM to the group spares the shim;
// - what the shell itself would say of its command's end ("Terminated") is not the command's output, so the shell's own stderr is /dev/null
//   (and a subshell: dash redirects itself, not its child, where it can use vfork);
// - cgroup and limits are of the subshell: the shim must be there to write down how the command ended;
// - the exit record is overwritten, never created or renamed: it works on a full disk. The command does not inherit it.
export function shim(parts: ShimParts): string {
  return `set -C; { : > "$1"; } 2>/dev/null || exit 0
exec 3>&- 4>&- 5>&- 6>&-
trap : TERM INT HUP
(${inSubshell(parts)}shift 2; exec "$@" 2>&7 7>&- 8>&-); c=$?
${parts.reaper ? outliveOrphans(parts.reaper) : tellEnd}`
}

const tellEnd = "printf '%03d\\n' $c >&8"

/** What is started instead of the shell, so that the shell is the parent of all orphans below it. */
export function asSubreaper({ perl, prctlNumber }: Reaper, shell: readonly string[]): string[] {
  return [perl, '-e', `syscall(${prctlNumber}, ${setChildSubreaper}, 1, 0, 0, 0); exec { $ARGV[0] } @ARGV; exit 126`, '--', ...shell]
}

// A limit above what the system allows changes nothing, and is no reason not to start.
function inSubshell({ entersCgroup, openFiles, cpuSeconds }: ShimParts): string {
  const enter = entersCgroup ? 'echo 0 >| "$2"; ' : ''
  // SIGXCPU first, which names the reason; the kill is for those who do not listen.
  const cpu = cpuSeconds === null ? '' : `ulimit -S -t ${Math.ceil(cpuSeconds)}; ulimit -H -t ${Math.ceil(cpuSeconds) + 5}; `
  const files = openFiles === null ? '' : `ulimit -n ${Math.floor(openFiles)}; `
  return `${enter}${cpu}${files}`
}

// A process without children has no descendants left, and the shim writes that down behind the exit code: nobody needs to look for them. Where the kernel
// does not tell (the list cannot be read), or there are some, the shim becomes a program that does nothing but wait for the last of them.
function outliveOrphans({ perl }: Reaper): string {
  return `k=x; { k=; read -r k; } < "/proc/$$/task/$$/children"
[ -z "$k" ] && { printf '%03d\\n${nobodyLeft}\\n' $c >&8; exit 0; }
${tellEnd}
trap '' TERM INT HUP
exec ${perl} -e '1 while waitpid(-1, 0) > 0' >/dev/null 7>&- 8>&-`
}
