// The front door with real jobs: what they are given, what they say, how their end is told, and that they outlive whoever opened it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { isLiving } from '../../test/contract/launched.ts'
import { openings, run, settled, shell, textOf, written } from '../../test/contract/opened.ts'
import { until } from '../../test/contract/temporary.ts'
import { defineJob } from './define-job.ts'

const execFileAsync = promisify(execFile)
const { data, open, moduleFile } = openings('open')
const moduleJob = (kind: string, body: string, more: object = {}) =>
  defineJob({ kind, module: moduleFile(`${kind}.mjs`, body), stopGraceMs: 2_000, ...more })
const say = (event: object) => `echo '${JSON.stringify(event)}' >> "$HOLDFAST_EVENTS"`

describe('command jobs', () => {
  test('succeed with result, progress and phases', async () => {
    const holdfast = await open()
    const script = [
      say({ phase: { name: 'Read', index: 1, of: 2 } }),
      say({ progress: { done: 5, total: 9 } }),
      say({ phase: { name: 'Write', index: 2, of: 2 } }),
      say({ progress: { done: 3, unit: 'films' } }),
      'echo not json >> "$HOLDFAST_EVENTS"',
      say({ result: { films: 3 } }),
    ]
    const job = await run(holdfast, script.join(';'))
    assert.deepEqual([job.state, job.exitCode, job.result, job.attempts, job.failure], ['succeeded', 0, { films: 3 }, 1, null])
    assert.deepEqual(
      [job.progress?.phase, job.progress?.done, job.progress?.total, job.progress?.unit],
      [{ name: 'Write', index: 2, of: 2 }, 3, null, 'films'],
    )
    assert.deepEqual(
      job.progress?.phases.map(({ name, finishedAt }) => [name, finishedAt !== null]),
      [
        ['Read', true],
        ['Write', true],
      ],
    )
  })

  test('an event whose line has no end counts when the job is over', async () => {
    const job = await run(await open(), `printf '{"result":7}' >> "$HOLDFAST_EVENTS"`)
    assert.equal(job.result, 7)
  })

  test('fail with the line that says why', async () => {
    const holdfast = await open()
    const failed = await run(holdfast, 'echo working; echo "no model in /models" >&2; exit 3')
    assert.deepEqual(
      [failed.state, failed.exitCode, failed.failure?.message, failed.failure?.kind],
      ['failed', 3, 'no model in /models', 'exit'],
    )
    assert.equal((await holdfast.log(failed.id)).lines.find(({ seq }) => seq === failed.failure?.logSeq)?.text, 'no model in /models')
    const said = await run(holdfast, `${say({ error: { message: 'disk is full' } })}; echo other >&2; exit 1`)
    assert.deepEqual([said.failure?.kind, said.failure?.message], ['error', 'disk is full'])
    const inner = await run(holdfast, 'no-such-program-at-all')
    assert.match(inner.failure?.message ?? '', /no-such-program-at-all/)
  })

  test('I7: a job that wrote very many short lines settles, and every page of its log is there', async () => {
    const holdfast = await open()
    const failed = await run(holdfast, 'yes | head -n 999997; seq 3; exit 3')
    assert.deepEqual([failed.state, failed.exitCode], ['failed', 3])
    const first = await holdfast.log(failed.id, { limit: 3, stream: ['stdout'] })
    assert.deepEqual(
      first.lines.map(({ text }) => text),
      ['y', 'y', 'y'],
    )
    const last = await holdfast.log(failed.id, { before: failed.logLines + 1, limit: 3, stream: ['stdout'] })
    assert.deepEqual(
      last.lines.map(({ text }) => text),
      ['1', '2', '3'],
    )
  })

  test('a short job that fails has its error behind all that it wrote before, and not in front of it', async () => {
    const holdfast = await open()
    const { id } = await run(holdfast, `seq 1 2000; echo 'Error: no such file' >&2; exit 3`)
    const { lines } = await holdfast.log(id, { before: 2_003, limit: 2 })
    assert.deepEqual(
      lines.map(({ seq, text }) => [seq, text]),
      [
        [2_001, '2000'],
        [2_002, 'Error: no such file'],
      ],
    )
  })

  test('following a long log leaves the event loop to everybody else', async () => {
    const holdfast = await open()
    const { id, logLines } = await run(holdfast, 'yes | head -n 100000')
    let ticks = 0
    const tick = setInterval(() => ticks++, 1)
    let seq = 0
    for await (const lines of holdfast.followLog(id)) for (const line of lines) assert.equal(line.seq, ++seq)
    clearInterval(tick)
    assert.equal(seq, logLines)
    assert.ok(ticks > 10, `${ticks} timers ran while 100 bundles were given`)
  })

  test('I7: bytes that are no text, and a mark at the front of a line, are served as what they are', async () => {
    const holdfast = await open()
    const job = await run(holdfast, `printf '\\357\\273\\277mark\\na\\0b\\r\\n\\377\\nlast'`)
    assert.deepEqual(await textOf(holdfast, job.id), ['\ufeffmark', 'a\0b\r', '\ufffd', 'last'])
  })

  test('a command that cannot be started fails, in one short line', async () => {
    const program = `/no/${'x'.repeat(300)}\nwhere`
    const missing = defineJob<{ argv: string[] }>({ kind: 'missing', command: ({ argv }) => argv })
    const holdfast = await open([missing])
    for (const argv of [[program], ['echo', 'x'.repeat(200_000)]]) {
      const job = await settled(holdfast, (await holdfast.submit(missing, { argv })).job.id)
      assert.deepEqual([job.state, job.failure?.kind], ['failed', 'launch'])
      assert.ok(job.failure!.message.length <= 200 && !/\p{Cc}/u.test(job.failure!.message), JSON.stringify(job.failure?.message))
    }
  })

  test('the environment is an allow-list, the definition’s own, and ours', async () => {
    process.env.SECRET_TOKEN = 'hunter2'
    process.env.LC_TIME = 'C'
    process.env.NODE_COMPILE_CACHE ??= join(data, 'compiled')
    const printer = defineJob({ kind: 'printer', command: ['env', '-0'], environment: { GREETING: 'ä\n' } })
    const holdfast = await open([printer])
    const { job } = await holdfast.submit(printer, null)
    await settled(holdfast, job.id)
    const attempts = join(data, 'attempts')
    const folder = join(attempts, readdirSync(attempts).find((name) => name.startsWith(`${job.id}-1-`)) ?? 'none')
    const variables = new Map(
      readFileSync(join(folder, 'stdout.log'), 'utf8')
        .split('\0')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    )
    assert.deepEqual([variables.has('SECRET_TOKEN'), variables.has('NODE_COMPILE_CACHE')], [false, false])
    assert.deepEqual([variables.get('GREETING'), variables.get('LC_TIME'), variables.get('PATH')], ['ä\n', 'C', process.env.PATH])
    assert.deepEqual(
      ['JOB_ID', 'ATTEMPT', 'DIR'].map((name) => variables.get(`HOLDFAST_${name}`)),
      [String(job.id), '1', folder],
    )
    assert.equal(readFileSync(variables.get('HOLDFAST_INPUT') ?? '', 'utf8'), 'null')
    assert.deepEqual([variables.get('HOLDFAST_DATA'), variables.get('HOLDFAST_RUNNER')], [data, 'off'])
  })
})

describe('module jobs', () => {
  const kinds = [
    moduleJob(
      'good',
      `job.phase('Read', { index: 1, of: 1 }); for (let done = 1; done <= 50; done++) job.progress({ done, total: 50 }); job.log('hello'); console.error('psst'); return { input: job.input, id: job.id, attempt: job.attempt }`,
    ),
    moduleJob('thrower', `throw new TypeError('film 7 has no year')`),
    moduleJob('wordless', 'throw new Error()'),
    moduleJob('odd', 'return 10n'),
    moduleJob('cached', `return [process.env.NODE_COMPILE_CACHE, process.env.SECRET_TOKEN ?? null]`),
    moduleJob('large', `return 'x'.repeat(500_000)`),
    moduleJob('undeclared', `job.output('other')`, { artifacts: ['index'] }),
    moduleJob(
      'patient',
      `console.log('ready'); await new Promise((resolve, reject) => { const timer = setInterval(() => {}, 1000); job.signal.addEventListener('abort', () => { clearInterval(timer); ${'resolve()'} }) })`,
    ),
  ]
  const runModule = async (kind: string, input: unknown = null) => {
    const holdfast = await open(kinds)
    return settled(holdfast, (await holdfast.submit(kind, input)).job.id)
  }

  test('have the cache of compiled files that the app has, and not its secrets', async () => {
    process.env.SECRET_TOKEN = 'hunter2'
    process.env.NODE_COMPILE_CACHE ??= join(data, 'compiled')
    assert.deepEqual((await runModule('cached')).result, [process.env.NODE_COMPILE_CACHE, null])
  })

  test('succeed with result, progress, phases and both streams', async () => {
    const job = await runModule('good', { a: [1, 'ä'] })
    assert.deepEqual([job.state, job.result], ['succeeded', { input: { a: [1, 'ä'] }, id: job.id, attempt: 1 }])
    assert.deepEqual(
      [job.progress?.done, job.progress?.total, job.progress?.phase?.name],
      [50, 50, 'Read'],
      'the last progress is always passed on',
    )
    const holdfast = await open()
    assert.deepEqual([await textOf(holdfast, job.id), await textOf(holdfast, job.id, 'stderr')], [['hello'], ['psst']])
  })

  test('fail with what was thrown', async () => {
    const failures = { thrower: /^film 7 has no year$/, wordless: /\w/, odd: /BigInt/, undeclared: /"other" is not declared/ }
    for (const [kind, expected] of Object.entries(failures)) {
      const job = await runModule(kind)
      assert.deepEqual([job.state, job.exitCode, job.failure?.kind], ['failed', 1, 'error'], kind)
      assert.match(job.failure?.message ?? '', expected, kind)
    }
  })

  test('a result within the limit is kept whole; none is lost in silence', async () => {
    const job = await runModule('large')
    assert.equal(job.state === 'succeeded' ? (job.result as string | null)?.length : 500_000, 500_000, 'succeeded without its result')
  })

  test('are cancelled: asked, and the record says who did', async () => {
    const holdfast = await open(kinds)
    const { job } = await holdfast.submit('patient', null)
    await written(holdfast, job.id, 1)
    await holdfast.cancel(job.id, { by: 'Ada' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual(
      [done.state, done.failure?.kind, done.failure?.message, done.stopAskedBy],
      ['cancelled', 'cancelled', 'Cancelled by Ada', 'Ada'],
    )
  })
})

describe('cancelling', () => {
  test('a command that ends in its own way when asked is cancelled all the same, and says so', async () => {
    const holdfast = await open()
    const { job } = await holdfast.submit(shell, { script: `trap 'exit 1' TERM; echo ready; while :; do sleep 0.05; done` })
    await written(holdfast, job.id, 1)
    // Nothing is written any more, so nothing but the end itself tells the runner of the new state.
    await until('the log was taken over', async () => (await holdfast.get(job.id))?.logLines === 2)
    await holdfast.cancel(job.id, { by: 'Ada' })
    const done = await settled(holdfast, job.id)
    assert.deepEqual(
      [done.state, done.exitCode, done.failure?.kind, done.failure?.message],
      ['cancelled', 1, 'cancelled', 'Cancelled by Ada'],
    )
  })

  test('I3: a Python child that does not listen is gone when the job is cancelled', async () => {
    const holdfast = await open()
    const python = `import subprocess,time; subprocess.Popen(["sh","-c","trap \\"\\" TERM; echo $$; while :; do sleep 0.2; done"]); time.sleep(100)`
    const { job } = await holdfast.submit(shell, { script: `exec python3 -c '${python}'` })
    const child = Number((await written(holdfast, job.id, 1))[0])
    await holdfast.cancel(job.id)
    const done = await settled(holdfast, job.id)
    const survived = isLiving(child)
    if (survived) process.kill(child, 'SIGKILL')
    assert.deepEqual([done.state, survived], ['cancelled', false])
  })

  test('I13: what a Node job left behind is stopped when it has ended', async () => {
    const leaver = moduleJob(
      'leaver',
      `const { spawn } = await import('node:child_process'); const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' }); child.unref(); console.log(child.pid)`,
    )
    const holdfast = await open([leaver])
    const { job } = await holdfast.submit(leaver, null)
    const done = await settled(holdfast, job.id)
    const child = Number((await textOf(holdfast, job.id))[0])
    const survived = isLiving(child)
    if (survived) process.kill(child, 'SIGKILL')
    assert.deepEqual([done.state, survived], ['succeeded', false])
  })

  test('a queued job, twice, and one that is not there', async () => {
    const holdfast = await open([], { runner: false, data: join(data, 'no-runner') })
    const { job } = await holdfast.submit(shell, { script: 'true' })
    assert.equal((await holdfast.cancel(job.id)).state, 'cancelled')
    assert.equal((await holdfast.cancel(job.id)).state, 'cancelled')
    await assert.rejects(holdfast.cancel(99), { code: 'job_not_found' })
    await assert.rejects(holdfast.wait(99), { code: 'job_not_found' })
  })
})

test('modules are found whatever form the app’s own flags have', async () => {
  const file = join(data, 'flags.mjs')
  const module = moduleFile('flagged.mjs', 'return 5')
  mkdirSync(join(data, 'flags'))
  const index = new URL('../index.ts', import.meta.url).href
  writeFileSync(
    file,
    `import { defineJob, openHoldfast } from '${index}'
    const holdfast = await openHoldfast({ data: process.argv[2], kinds: [defineJob({ kind: 'm', module: '${module}' })] })
    const { job } = await holdfast.submit('m', null)
    console.log(JSON.stringify((await holdfast.wait(job.id)).result))
    await holdfast.close()`,
  )
  writeFileSync(join(data, 'hook.mjs'), '')
  const forms = [['--conditions', 'a'], ['--conditions=a'], ['--import', join(data, 'hook.mjs')]]
  const printed = forms.map((flags, number) => execFileAsync(process.execPath, [...flags, file, join(data, 'flags', String(number))]))
  for (const [number, { stdout }] of (await Promise.all(printed)).entries()) assert.equal(stdout, '5\n', forms[number]?.join(' '))
})
