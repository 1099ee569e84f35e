// Loaded before a test file. `node:test` finds the test that something belongs to by an async hook, which follows every promise of the process: a fifth of
// the processor time of a test that serves and asks. Here an AsyncLocalStorage tells it the same, which costs next to nothing.
// A Node that asks in another way than ours goes on as it would. See docs/decisions/0022-flaky-is-named.md.
import async_hooks, { AsyncLocalStorage, AsyncResource, type AsyncResourceOptions, createHook, executionAsyncId } from 'node:async_hooks'

/** The async id of the test that is under way. */
const current = new AsyncLocalStorage<number>()
let remember: Parameters<typeof createHook>[0]['init']

class TestResource extends AsyncResource {
  constructor(type: string, options?: number | AsyncResourceOptions) {
    super(type, options)
    remember?.(this.asyncId(), type, this.triggerAsyncId(), this)
  }

  override runInAsyncScope<This, Result, Args extends unknown[]>(
    work: (this: This, ...args: Args) => Result,
    self?: This,
    ...args: Args
  ): Result {
    // Inside: the resource brings the context along in which it was made.
    return super.runInAsyncScope(() => current.run(this.asyncId(), () => Reflect.apply(work, self, args)))
  }
}

// What the test runner takes from the module when it is loaded, which is after us; then all is as before.
Object.assign(async_hooks, {
  AsyncResource: TestResource,
  executionAsyncId: () => current.getStore() ?? executionAsyncId(),
  createHook: (callbacks: Parameters<typeof createHook>[0]) => {
    Object.assign(async_hooks, { AsyncResource, executionAsyncId, createHook })
    const isOfTestRunner = new Error().stack?.includes('node:internal/test_runner/') ?? false
    if (!isOfTestRunner) return createHook(callbacks)
    remember = callbacks.init
    const silent = { enable: () => silent, disable: () => silent }
    return silent
  },
})
