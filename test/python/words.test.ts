// What holdfast.py writes for each word of a script, in a folder laid out by hand.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { temporaryFolder } from '../contract/temporary.ts'
import { type RunOptions, runAllAsJobs, runAsJob } from './scripts.ts'

const top = temporaryFolder('python-words')
let count = 0
const jobs = (scripts: string[]) => runAllAsJobs(join(top, String(++count)), scripts)
const job = (script: string, options?: RunOptions & { input?: unknown }) => runAsJob(join(top, String(++count)), script, options)

describe('inside a job', { concurrency: 2 }, () => {
  test('who it is, what it was given, and every way to say how far it is', async () => {
    const { status, stdout, stderr, said } = await job(
      `
import holdfast, pathlib
holdfast.phase("Read", 1, 2)
holdfast.phase("Sort")
holdfast.progress(1, 2, unit="films", message="a.mp4")
holdfast.heartbeat(seq=420)
holdfast.save({"at": [1, None, "é 鮫"]})
me = holdfast.job()
print("hello")
holdfast.result([me.id, me.attempt, me.dir == str(pathlib.Path(me.output("index")).parent.parent), holdfast.input(), holdfast.checkpoint()])
`,
      { input: { film: 7 } },
    )
    assert.deepEqual([status, stdout, stderr], [0, 'hello\n', ''])
    assert.deepEqual(said, [
      { phase: { name: 'Read', index: 1, of: 2 } },
      { phase: { name: 'Sort' } },
      { progress: { done: 1, total: 2, unit: 'films', message: 'a.mp4' } },
      { heartbeat: { seq: 420 } },
      { checkpoint: { at: [1, null, 'é 鮫'] } },
      { result: [42, 2, true, { film: 7 }, null] },
    ])
  })

  test('the checkpoint of an earlier attempt is there when it is to go on from it', async () => {
    const folder = join(top, String(++count))
    mkdirSync(folder)
    writeFileSync(join(folder, 'checkpoint.json'), '{"at":[3]}')
    const { said } = await runAsJob(folder, 'import holdfast; holdfast.result(holdfast.checkpoint())')
    assert.deepEqual(said, [{ result: { at: [3] } }])
  })

  test('many reports are few lines, and the last one is among them, before what comes after it', async () => {
    const { said } = await job(`
import holdfast, time
began = time.monotonic()
for done in range(1, 20001):
    holdfast.progress(done); holdfast.heartbeat(seq=done)
holdfast.save(time.monotonic() - began)
holdfast.progress(20001)
`)
    const saved = said.findIndex((event) => 'checkpoint' in event)
    const seconds = Number((said[saved] as { checkpoint: unknown }).checkpoint)
    // Ten a second of each, however long the machine takes.
    assert.ok(said.length < 20 * seconds + 20, `${said.length} lines in ${seconds} s`)
    assert.deepEqual(said[saved - 1], { progress: { done: 20_000 } })
    assert.deepEqual(said.filter((event) => 'progress' in event).at(-1), { progress: { done: 20_001 } })
    assert.deepEqual(said.filter((event) => 'heartbeat' in event).at(-1), { heartbeat: { seq: 20_000 } })
  })

  test('a report that was held back is written although nothing more is said', async () => {
    // The script ends by os._exit, which runs no exit function, once the file has the last report.
    const { status, said } = await job(`
import holdfast, os, time
for done in (1, 2, 3):
    holdfast.progress(done)
until = time.monotonic() + 10
while '"done": 3' not in open(os.environ["HOLDFAST_EVENTS"]).read():
    assert time.monotonic() < until
    time.sleep(0.005)
os._exit(7)
`)
    // Between the two it may be time for another one, where the machine is slow.
    assert.deepEqual([status, said[0], said.at(-1)], [7, { progress: { done: 1 } }, { progress: { done: 3 } }])
  })

  test('numbers of numpy, paths and bytes in file names are said; what is no JSON or too large is refused where it is said', async () => {
    const { said, stdout } = await job(`
import holdfast, os, pathlib
class Number:
    def tolist(self): return 7
holdfast.save({"n": Number(), "path": pathlib.Path("a") / "b", "name": os.fsdecode(b"caf\\xe9")})
holdfast.progress(float("nan"), float("inf"), message="m" * 1000)
for value in ({1}, float("nan"), "x" * 1048577):
    for word in (holdfast.save, holdfast.result):
        try: word(value)
        except (TypeError, ValueError) as error: print(error)
try: holdfast.heartbeat(x={1})
except TypeError as error: print(error)
for name in ("other", "../index", "", "."):
    try: holdfast.output(name)
    except ValueError as error: print(error)
`)
    assert.deepEqual(said[0], { checkpoint: { n: 7, path: 'a/b', name: 'caf\udce9' } })
    assert.deepEqual(said[1], { progress: { message: 'm'.repeat(300) } })
    assert.equal(said.length, 2)
    const lines = stdout.split('\n')
    assert.equal(lines.length, 12)
    assert.match(lines[0] ?? '', /set is not JSON: \{1\}/)
    assert.match(lines[4] ?? '', /the checkpoint is larger than 1 MiB: write it into a file/)
    assert.match(lines[5] ?? '', /the result is larger than 1 MiB: write it into an artifact/)
    assert.match(lines[7] ?? '', /"other" is not declared by this kind/)
  })

  test('how it ends says what becomes of it', async () => {
    const cases: [script: string, status: number, said: object[], stderr: RegExp][] = [
      ['holdfast.fail("disk gone")', 1, [{ error: { message: 'disk gone' } }], /^disk gone\n$/],
      ['raise holdfast.do_not_retry("no sound")', 1, [{ error: { message: 'no sound', retry: false } }], /^no sound\n$/],
      ['holdfast.retry_later(60, "busy")', 1, [{ error: { message: 'busy', retryAfterMs: 60_000 } }], /^busy\n$/],
      ['holdfast.snooze(30)', 0, [{ snooze: { ms: 30_000 } }], /^$/],
      ['raise TypeError("film 7")', 1, [{ error: { message: 'TypeError: film 7' } }], /Traceback[\s\S]*TypeError: film 7\n$/],
      ['assert not "empty"', 1, [{ error: { message: 'AssertionError' } }], /AssertionError\n$/],
      ['exec("1 +")', 1, [{ error: { message: 'SyntaxError: invalid syntax' } }], /SyntaxError: invalid syntax\n$/],
      ['raise KeyboardInterrupt', 130, [], /KeyboardInterrupt/],
      ['raise SystemExit(3)', 3, [], /^$/],
    ]
    const all = await jobs(cases.map(([script]) => `import holdfast\n${script}`))
    for (const [number, [script, status, said, stderr]] of cases.entries()) {
      assert.deepEqual([all[number]?.status, all[number]?.said], [status, said], script)
      assert.match(all[number]?.stderr ?? '', stderr, script)
    }
    const wrong = ['retry_later(-1)', 'snooze(float("nan"))', 'fail("x", retry_after=-2)']
    for (const { stderr } of await jobs(wrong.map((call) => `import holdfast\nholdfast.${call}`)))
      assert.match(stderr, /ValueError: (seconds|retry_after) must be seconds, 0 or more/)
  })

  test('asked to stop, it cleans up and ends as stopped, whatever it does with Cancelled', async () => {
    const stop = 'os.kill(os.getpid(), signal.SIGTERM); time.sleep(10)'
    const cases: [script: string, stdout: string][] = [
      [`try:\n    ${stop}\nfinally:\n    print("cleaned")`, 'cleaned\n'],
      [`try:\n    ${stop}\nexcept Exception:\n    print("swallowed")`, ''],
      [`try:\n    ${stop}\nexcept BaseException:\n    pass\nprint("went on")`, 'went on\n'],
      [
        `try:\n    ${stop}\nexcept holdfast.Cancelled as asked:\n    print(asked, holdfast.cancelled())\n    sys.exit(0)`,
        'the job was asked to stop True\n',
      ],
      [`try:\n    ${stop}\nfinally:\n    os.kill(os.getpid(), signal.SIGTERM)\n    print("not cut off")`, 'not cut off\n'],
      [`with holdfast.uninterrupted():\n    os.kill(os.getpid(), signal.SIGTERM)\n    print("whole")\nprint("no more")`, 'whole\n'],
      [`try:\n    ${stop}\nexcept holdfast.Cancelled:\n    holdfast.do_not_retry("x")`, ''],
      [`try:\n    ${stop}\nexcept holdfast.Cancelled:\n    raise ValueError("while cleaning")`, ''],
      [`atexit.register(print, "at exit")\n${stop}`, 'at exit\n'],
    ]
    const all = await jobs(cases.map(([script]) => `import atexit, os, signal, sys, time, holdfast\n${script}`))
    for (const [number, [script, stdout]] of cases.entries()) {
      assert.deepEqual([all[number]?.status, all[number]?.stdout, all[number]?.said], [143, stdout, []], script)
      if (!script.includes('ValueError')) assert.equal(all[number]?.stderr, '', script)
    }
  })

  test('threads see that it was asked to stop; a handler of its own stays', async () => {
    const threads = `
import holdfast, os, signal, threading
def work():
    while not holdfast.cancelled(): pass
    print("seen")
worker = threading.Thread(target=work); worker.start()
try:
    os.kill(os.getpid(), signal.SIGTERM)
    worker.join()
finally:
    worker.join()
`
    const own = `
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
import holdfast
os.kill(os.getpid(), signal.SIGTERM)`
    const [seen, kept] = await jobs([threads, own])
    assert.deepEqual([seen?.status, seen?.stdout, seen?.stderr], [143, 'seen\n', ''])
    assert.equal(kept?.status, 9)
  })

  test('its children end by the signal as they would without us, and their failures are not its own', async () => {
    const script = `
import holdfast, multiprocessing, os, signal, subprocess, sys, time
def sleep(_): time.sleep(30)
def crash(_): raise ValueError("in a child")
if __name__ == "__main__":
    for how in ("fork", "spawn"):
        with multiprocessing.get_context(how).Pool(2) as pool:
            holdfast.progress(1); holdfast.progress(2)
            pool.map_async(sleep, [1])
    forked = multiprocessing.get_context("fork").Process(target=sleep, args=(1,))
    forked.start(); forked.terminate(); forked.join()
    print(forked.exitcode == -signal.SIGTERM)
    child = subprocess.Popen([sys.executable, "-c", "import holdfast, time; print('up', flush=True); time.sleep(30)"], stdout=subprocess.PIPE)
    child.stdout.readline()
    child.terminate()
    print(child.wait() == -signal.SIGTERM)
    print(subprocess.run([sys.executable, "-c", "import holdfast; raise ValueError('helper')"], stderr=subprocess.DEVNULL).returncode)
    holdfast.save("still here")
`
    const file = join(top, 'children.py')
    writeFileSync(file, script)
    const { status, stdout, stderr, said } = await job('', { argv: [file] })
    assert.deepEqual([status, stdout, stderr], [0, 'True\nTrue\n1\n', ''])
    assert.deepEqual(
      said.filter((event) => !('progress' in event)),
      [{ checkpoint: 'still here' }],
    )
  })

  test('a disk that is full fails no report, and is told by save', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, async () => {
    const script =
      'import holdfast\nholdfast.progress(1); holdfast.phase("x"); holdfast.heartbeat()\ntry: holdfast.save(1)\nexcept OSError as e: print(e.strerror)'
    const { status, stdout } = await job(script, { environment: { HOLDFAST_EVENTS: '/dev/full' } })
    assert.deepEqual([status, stdout], [0, 'No space left on device\n'])
  })
})

test('lines of many threads and processes never mix, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        processes: fc.integer({ min: 1, max: 4 }),
        threads: fc.integer({ min: 1, max: 4 }),
        longest: fc.integer({ min: 1, max: 20_000 }),
      }),
      async ({ processes, threads, longest }) => {
        const lines = 25
        const { status, stderr, said } = await job(`
import holdfast, os, threading
start = threading.Barrier(${threads})
def write(process, thread):
    start.wait()
    for n in range(${lines}):
        holdfast.save({"from": [process, thread], "n": n, "text": "é" * (1 + (n * 7919) % ${longest})})
children = []
for process in range(${processes}):
    child = os.fork()
    if child: children.append(child); continue
    workers = [threading.Thread(target=write, args=(process, thread)) for thread in range(${threads})]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    os._exit(0)
for child in children: assert os.waitpid(child, 0)[1] == 0
`)
        assert.deepEqual([status, stderr], [0, ''])
        const seen = said.map(({ checkpoint }) => checkpoint as { from: number[]; n: number; text: string })
        assert.equal(seen.length, processes * threads * lines)
        for (const [, own] of Map.groupBy(seen, ({ from }) => from.join()))
          assert.deepEqual(
            own.map(({ n }) => n),
            [...Array(lines).keys()],
          )
        for (const { n, text } of seen) assert.equal(text.length, 1 + ((n * 7919) % longest))
      },
    ),
    { numRuns: 3, examples: [[{ processes: 4, threads: 4, longest: 20_000 }]] },
  )
})
