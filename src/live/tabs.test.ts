// Tabs of one browser, as channels of one process: real BroadcastChannels, a quick pace. What a tab that crashed would have said is said by hand.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as nextTurn } from 'node:timers/promises'
import { joinTabs, type Tabs } from './tabs.ts'

const pace = { answerMs: 20, beatMs: 20, lostMs: 120 }

interface TestTab {
  tabs: Tabs<string>
  heard: string[]
  yielded: number
}

let place = 0
let open: TestTab[] = []
let spy: BroadcastChannel
/** Who said that it leads, in order. */
let beats: string[] = []

function openTab(): TestTab {
  const hooks = { onLead: () => {}, onYield: () => tab.yielded++, onMessage: (message: string) => tab.heard.push(message) }
  const tab = { heard: [] as string[], yielded: 0, tabs: joinTabs<string>(channel(), hooks, pace) }
  open.push(tab)
  return tab
}

const channel = () => `tabs ${process.pid} ${place}`
const leaders = () => open.filter(({ tabs }) => tabs.leads())

async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000
  while (!condition()) {
    assert.ok(Date.now() < giveUpAt, `Never came true: ${condition}`)
    await nextTurn(2)
  }
}

describe('tabs', () => {
  beforeEach(() => {
    place++
    beats = []
    spy = new BroadcastChannel(channel())
    spy.onmessage = ({ data }) => data.sort === 'lead' && beats.push(data.from)
  })
  afterEach(() => {
    for (const { tabs } of open) tabs.close()
    open = []
    spy.close()
  })

  test('of many that stand at once one leads, and goes on to', async () => {
    for (let count = 0; count < 8; count++) openTab().tabs.stand()
    await until(() => leaders().length === 1 && beats.length > 0)
    const first = beats.length
    await until(() => beats.length >= first + 15)
    assert.equal(new Set(beats.slice(first)).size, 1)
    assert.equal(leaders().length, 1)
  })

  test('one that comes later waits, and leads when the leader rests', async () => {
    const first = openTab()
    first.tabs.stand()
    await until(() => first.tabs.leads())
    const second = openTab()
    second.tabs.stand()
    await until(() => beats.length >= 10)
    assert.equal(second.tabs.leads(), false)
    first.tabs.rest()
    await until(() => second.tabs.leads())
    assert.equal(first.tabs.leads(), false)
  })

  test('a leader that is not heard any more is followed by another one', async () => {
    spy.postMessage({ sort: 'lead', from: 'crashed' })
    const tab = openTab()
    tab.tabs.stand()
    await until(() => tab.tabs.leads())
    assert.equal(tab.yielded, 0)
  })

  test('of two that lead the one with the smaller name stays, and the other one is told', async () => {
    const tab = openTab()
    tab.tabs.stand()
    await until(() => tab.tabs.leads())
    const before = beats.length
    spy.postMessage({ sort: 'lead', from: '~ is after all names' })
    await until(() => beats.length > before)
    assert.deepEqual([tab.tabs.leads(), tab.yielded], [true, 0])
    spy.postMessage({ sort: 'lead', from: '! is before all names' })
    await until(() => tab.yielded === 1)
    assert.equal(tab.tabs.leads(), false)
    await until(() => tab.tabs.leads())
  })

  test('what one says all others hear, also those that rest', async () => {
    const [one, two, three] = [openTab(), openTab(), openTab()]
    two.tabs.stand()
    one.tabs.say('hello')
    await until(() => two.heard.length === 1 && three.heard.length === 1)
    assert.deepEqual([one.heard, two.heard, three.heard], [[], ['hello'], ['hello']])
  })
})
