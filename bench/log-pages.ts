// What a part of a very long log costs over HTTP: every sort of page, search, and ranges of the text. A real job that prints all lines, a real server;
// a time is from the request to the last byte of the answer, which nobody parses.
// Usage: npm run bench:log-pages -- [--lines=10000000] [--rounds=20]
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, type Holdfast, type Job, openHoldfast } from 'holdfast'
import { createHandler, listen } from 'holdfast/http'
import { machineLine } from './machine.ts'
import { fixed, judged, median, table } from './report.ts'

const targetMs = 100
const { values } = parseArgs({ options: { lines: { type: 'string', default: '10000000' }, rounds: { type: 'string', default: '20' } } })
const lines = Number(values.lines)
const rounds = Number(values.rounds)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-log-pages-'))
/** A few lines of the other stream at both ends, and one that is found once. */
const script = `echo first >&2; seq -f 'line %.0f of a job that has a lot to say' 1 ${lines}; echo a needle; sleep 0.2; echo last >&2`
const flood = defineJob({ kind: 'flood', command: ['sh', '-c', script], logBytes: 2 ** 40 })
const holdfast = await openHoldfast({ kinds: [flood], data: join(folder, 'data'), runner: true })
const server = await listen(createHandler(holdfast).fetch, { port: 0 })
const agent = new Agent({ keepAlive: true })
try {
  console.log(`${machineLine(folder)}\n`)
  const job = await printed(holdfast)
  const bytes = Number((await ask(job, 'log.txt', { method: 'HEAD' })).headers['content-length'])
  console.log(
    `A log of ${fixed(job.logLines / 1e6)} million lines, ${fixed(bytes / 1e6, 0)} MB, over HTTP, ms from request to last byte, ${rounds} rounds\n`,
  )
  await reportParts(job, bytes)
  await reportDownload(job)
} finally {
  agent.destroy()
  await server.close()
  await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
}

async function printed(opened: Holdfast): Promise<Job> {
  const { job } = await opened.submit(flood)
  const settled = await opened.wait(job.id)
  if (settled.state !== 'succeeded') throw new Error(`the flood is ${settled.state}`)
  return settled
}

interface Asked {
  method?: string
  headers?: Record<string, string>
}

async function reportParts(job: Job, bytes: number): Promise<void> {
  const middle = Math.floor(job.logLines / 2)
  const part = Math.floor(bytes / 2)
  const parts: [string, string, Asked?][] = [
    ['the first page', 'log'],
    ['the last page', `log?before=${job.logLines + 1}`],
    ['after a line in the middle', `log?after=${middle}`],
    ['before it', `log?before=${middle}`],
    ['around it', `log?around=${middle}`],
    ['around it, 5,000 lines', `log?around=${middle}&limit=5000`],
    ['the last 5,000 lines, whole', `log?before=${job.logLines + 1}&limit=5000&full=1`],
    ['the first of stderr, of which there is little', 'log?stream=stderr'],
    ['the last of it', `log?before=${job.logLines + 1}&stream=stderr`],
    ['what Holdfast said', 'log?stream=system'],
    ['search from the beginning, nothing found', 'log?q=nowhere+to+be+found'],
    ['search back from the end, nothing found', `log?q=nowhere+to+be+found&before=${job.logLines + 1}`],
    ['search, each line fits', 'log?q=A+LOT'],
    ['search back from the end, one line fits', `log?q=needle&before=${job.logLines + 1}`],
    ['text: its length', 'log.txt', { method: 'HEAD' }],
    ['text: the last 64 KiB', 'log.txt', { headers: { range: 'bytes=-65536' } }],
    ['text: 64 KiB in the middle', 'log.txt', { headers: { range: `bytes=${part}-${part + 65_535}` } }],
    ['text: the first 64 KiB', 'log.txt', { headers: { range: 'bytes=0-65535' } }],
  ]
  const rows: string[][] = []
  for (const [what, path, asked = {}] of parts) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const from = performance.now()
      await ask(job, path, asked)
      times.push(performance.now() - from)
    }
    const longest = Math.max(...times)
    rows.push([what, fixed(median(times)), fixed(longest), judged(longest, targetMs, 'at most')])
  }
  console.log(table(['', 'p50', 'longest', `≤ ${targetMs} ms`], rows))
}

async function reportDownload(job: Job): Promise<void> {
  const from = performance.now()
  const { bytes } = await ask(job, 'log.txt')
  console.log(`\nThe whole text: ${fixed(bytes / 1e6 / ((performance.now() - from) / 1_000), 0)} MB/s`)
}

function ask(
  job: Job,
  path: string,
  { method = 'GET', headers = {} }: Asked = {},
): Promise<{ headers: IncomingMessage['headers']; bytes: number }> {
  return new Promise((resolve, reject) => {
    request(`${server.url}/api/v1/jobs/${job.id}/${path}`, { method, headers, agent }, (answer) => {
      let bytes = 0
      if (answer.statusCode !== 200 && answer.statusCode !== 206) reject(new Error(`${path} answered ${answer.statusCode}`))
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length
      })
      answer.on('end', () => resolve({ headers: answer.headers, bytes }))
      answer.on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}
