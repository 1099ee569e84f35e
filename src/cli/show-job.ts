// Shows a job's progress to a person: one live line on a terminal, plain lines elsewhere.
import type { Writable } from 'node:stream'
import type { Holdfast, Job } from '../supervisor/holdfast.ts'
import { duration, progressWords, stateWord } from './output.ts'

export interface ShowOptions {
  /** Usually `process.stdout`. */
  out: Terminal
  signal?: AbortSignal
}

/**
 * Shows the job until it is settled and resolves with it.
 * @example const settled = await showJob(holdfast, job.id, { out: process.stdout })
 * @throws the signal's reason when aborted; the job goes on
 */
export async function showJob(holdfast: Holdfast, id: number, { out, signal }: ShowOptions): Promise<Job> {
  const view = out.isTTY ? liveLine(out) : plainLines(out)
  let latest: Job | null = null
  try {
    for await (const job of holdfast.watch(id, signal ? { signal } : {})) {
      latest = job
      view.show(job)
    }
  } finally {
    view.end()
  }
  if (latest === null) throw new Error(`job ${id} showed nothing`)
  return latest
}

type Terminal = Writable & { isTTY?: boolean }

interface View {
  show(job: Job): void
  end(): void
}

function liveLine(out: Terminal): View {
  let current: Job | null = null
  let drawn = ''
  const draw = () => {
    if (!current) return
    const elapsed = duration(Date.now() - (current.startedAt ?? current.submittedAt))
    const text = [stateWord(current.state, out), bar(current), progressWords(current), elapsed].filter((part) => part !== '').join('  ')
    if (text === drawn) return
    drawn = text
    out.write(`\r\u001b[2K${text}`)
  }
  // Time goes on when the job says nothing.
  const tick = setInterval(draw, 250)
  return {
    show(job) {
      current = job
      draw()
    },
    end() {
      clearInterval(tick)
      out.write('\r\u001b[2K')
    },
  }
}

const barWidth = 20

function bar({ progress }: Job): string {
  if (!progress || progress.done === null || !progress.total) return ''
  const filled = Math.min(barWidth, Math.floor((barWidth * progress.done) / progress.total))
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}

// A line for each phase and each quarter of it: enough to follow in a file, too few to fill it. How it ended is the caller's to say.
function plainLines(out: Terminal): View {
  let said = ''
  return {
    show(job) {
      const words = progressWords(job)
      const quarter = job.progress?.total ? Math.floor((4 * (job.progress.done ?? 0)) / job.progress.total) : 0
      const point = `${job.progress?.phase?.name ?? ''} ${quarter}`
      if (words === '' || job.state !== 'running' || point === said) return
      said = point
      out.write(`${words}\n`)
    },
    end() {},
  }
}
