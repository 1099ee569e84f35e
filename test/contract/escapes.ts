// Six ways in which a process gets out of sight of whoever started it, none of which listens to TERM; and a bomb that is bounded in number and time.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLiving, type openLaunching, stop } from './launched.ts'
import { until } from './temporary.ts'

type Launching = ReturnType<typeof openLaunching>

/** Writes its number into the file that its argument names, and cannot be asked to stop. Ends by itself after a minute. */
const deaf = `trap '' TERM; echo $$ > "$1"; n=300; while [ $n -gt 0 ]; do n=$((n-1)); /bin/sleep 0.2; done`

export const escapes = {
  'a plain child': '/bin/sh -c "$DEAF" deaf "$PID" & exec sleep 60',
  'a process group of its own': `python3 -c 'import os; os.setpgid(0, 0); os.execvp("/bin/sh", ["sh", "-c", os.environ["DEAF"], "deaf", os.environ["PID"]])' & exec sleep 60`,
  'a session of its own': 'setsid /bin/sh -c "$DEAF" deaf "$PID" & exec sleep 60',
  'a double fork that lost its parent': '(setsid /bin/sh -c "$DEAF" deaf "$PID" &); exec sleep 60',
  'and without our environment': '(setsid env -i /bin/sh -c "$DEAF" deaf "$PID" &); exec sleep 60',
  'and without any descriptor of ours': '(setsid env -i /bin/sh -c "$DEAF" deaf "$PID" <&- >&- 2>&- 9>&- &); exec sleep 60',
} as const

export type Escape = keyof typeof escapes
export const escapeNames = Object.keys(escapes) as Escape[]

/** What came of stopping one: what was reported, and what is seen from outside. */
export interface Escaped {
  gone: boolean
  survivors: number
  lives: boolean
  /** That the end is said to be certain. */
  proven: boolean
}

let count = 0

export async function startEscape({ root, sh }: Launching, way: Escape) {
  const file = join(root, `escapee-${++count}`)
  const attempt = await sh(escapes[way], { environment: { DEAF: deaf, PID: file } })
  const pid = await until('the escapee', () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0), 30_000)
  return { attempt, pid }
}

/** Starts one, stops it, and leaves nobody behind, whatever was reported. */
export async function stopEscape(launching: Launching, way: Escape): Promise<Escaped> {
  const { attempt, pid } = await startEscape(launching, way)
  const { gone, survivors } = await stop(launching.launcher, attempt, 20)
  const lives = isLiving(pid)
  const proven = launching.launcher.provesEnd(attempt)
  if (lives) {
    process.kill(pid, 'SIGKILL')
    await until('its end', () => !isLiving(pid))
  }
  return { gone, survivors, lives, proven }
}

/** So many processes at any time, each of which forks and ends again and again, in a new session each time. Over after a minute. */
export function bomb(processes: number): string[] {
  const code = `
import os, random, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end = time.monotonic() + 60
print('lit', flush=True)
for _ in range(${processes}):
    if os.fork() == 0:
        while time.monotonic() < end:
            time.sleep(random.uniform(0.05, 0.2))
            if os.fork() > 0: os._exit(0)
            os.setsid()
        os._exit(0)
time.sleep(60)`
  return ['python3', '-c', code]
}
