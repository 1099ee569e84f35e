// The bench's side of a measured process: forks it, asks it for tasks, ends it. Knows the protocol, no row.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answers, Task } from './tasks.ts'

export interface Measured {
  ask<Wanted extends Task>(task: Wanted): Promise<Answers[Wanted['do']]>
  /** Closes the system and waits for the process's end. */
  end(): Promise<void>
}

/** A task that has not answered by then is a system that hangs: it is killed and its row says so. */
const taskLimitMs = 180_000

/** `module`: the file that opens the system. */
export async function measure(place: { module: string; address: string; setting: string }): Promise<Measured> {
  const program = fileURLToPath(new URL('./measured-process.ts', import.meta.url))
  const child = fork(program, [place.module, place.address, place.setting], {
    execArgv: ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'],
  })
  await answerOf(child)
  const ask = async (task: Task) => {
    const answer = answerOf(child)
    child.send(task)
    return await answer
  }
  return {
    ask: ask as Measured['ask'],
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      child.once('exit', () => resolve())
      await ask({ do: 'close' }).catch(() => child.kill('SIGKILL'))
      // It ends when nobody is connected to it any more.
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

function answerOf(child: ChildProcess): Promise<object> {
  const { promise, resolve, reject } = Promise.withResolvers<object>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`no answer within ${taskLimitMs / 1_000} s`))
  }, taskLimitMs)
  const onMessage = (message: { answer?: object; error?: string }) => {
    if (message.answer) resolve(message.answer)
    else reject(new Error(message.error ?? 'an answer without anything in it'))
  }
  const onExit = (code: number | null, signal: string | null) => reject(new Error(`the measured process ended (${signal ?? code})`))
  child.once('message', onMessage)
  child.once('exit', onExit)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', onMessage).off('exit', onExit)
  })
}
