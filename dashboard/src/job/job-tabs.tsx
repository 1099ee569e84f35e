// Log, input, result, attempts, events. The chosen tab is in the address; the log stays where it was read.
import type { JobDetail } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { isSettled } from '../../../src/views/job-words.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { LogView } from '../log/log-view.tsx'
import { JsonView } from '../parts/json-view.tsx'
import { useSideways } from '../parts/use-sideways.ts'
import { link } from '../place.ts'
import { useLocation } from '../router.tsx'
import { Attempts } from './attempts.tsx'
import { Events } from './events.tsx'

const tabs = ['log', 'input', 'result', 'attempts', 'events'] as const
type Tab = (typeof tabs)[number]

const words: Record<Tab, string> = { log: 'Log', input: 'Input', result: 'Result', attempts: 'Attempts', events: 'Events' }

export function JobTabs({ job, log }: { job: JobDetail; log: LogWindow }) {
  const { query, route } = useLocation()
  const chosen = tabs.find((tab) => tab === query.tab) ?? 'log'
  const list = useRef<HTMLDivElement>(null)
  useSideways(list)
  const choose = (tab: Tab) => route(link(`jobs/${job.id}`, { tab: tab === 'log' ? undefined : tab }), true)
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const next = by === undefined ? undefined : tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length]
    if (next === undefined) return
    event.preventDefault()
    choose(next)
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus()
  }
  return (
    <>
      <div class="tabs sideways" role="tablist" aria-label="About this job" ref={list} onKeyDown={step}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={tab === chosen}
            aria-controls={`panel-${tab}`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {words[tab]}
            <Total tab={tab} job={job} />
          </button>
        ))}
      </div>
      <Panel tab="log" chosen={chosen}>
        <LogView job={job} log={log} />
      </Panel>
      <Panel tab="input" chosen={chosen}>
        <Value value={job.input} absent="It was asked for without an input." label="Input" />
      </Panel>
      <Panel tab="result" chosen={chosen}>
        <Value
          value={job.result}
          absent={isSettled(job) ? 'It left no result.' : 'The result comes when it has succeeded.'}
          label="Result"
        />
      </Panel>
      <Panel tab="attempts" chosen={chosen}>
        <Attempts job={job} />
      </Panel>
      <Panel tab="events" chosen={chosen}>
        <Events job={job} />
      </Panel>
    </>
  )
}

function Total({ tab, job }: { tab: Tab; job: JobDetail }) {
  if (tab === 'log') return job.logLines === 0 ? null : <span class="n">{count(job.logLines)}</span>
  if (tab === 'attempts') return <span class="n">{count(job.history.length)}</span>
  if (tab === 'events') return <span class="n">{count(job.events.length)}</span>
  return null
}

function Panel({ tab, chosen, children }: { tab: Tab; chosen: Tab; children: ComponentChildren }) {
  return (
    <div class="tabpanel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} hidden={tab !== chosen}>
      {tab === 'log' || tab === chosen ? children : null}
    </div>
  )
}

function Value({ value, absent, label }: { value: JobDetail['input']; absent: string; label: string }) {
  return value === null ? <p class="card none">{absent}</p> : <JsonView value={value} label={label} />
}
