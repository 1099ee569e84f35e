// The shim between a runner and a command: shell builtins only, no process of its own beside `sh`. PROTOCOL.md, version 1.
// Descriptors: 8 is the exit record, to be overwritten; 9 is the FIFO that every member of the tree inherits as its proof of life.

// Line by line:
// - the latch is O_EXCL: of two starts one goes on, the other ends without a trace;
// - a handler, not "ignore": ignored signals are inherited by the command, handlers are not. So TERM to the group spares the shim;
// - what the shell itself would say of its command's end ("Terminated") is not the command's output, so the shell's own stderr is put away
//   (in a subshell: dash redirects itself, not its child, where it can use vfork);
// - the exit record is overwritten, never created or renamed: it works on a full disk. The command does not inherit it.
export const shim = `set -C; { : > "$HOLDFAST_LATCH"; } 2>/dev/null || exit 0; unset HOLDFAST_LATCH
exec 3>&- 4>&- 5>&- 6>&- 7>&-
trap : TERM INT HUP
exec 7>&2 2>/dev/null
(exec "$@" 2>&7 7>&- 8>&-); c=$?
printf '%03d\\n' $c >&8`
