// The four kinds of long work. Which episode is the unique key: one active job for each episode and stage, whoever asks.
import { defineJob } from 'holdfast'
import { z } from 'zod'
import { type Episode, type Library, readResult } from './episodes.ts'
import { environmentOf, type Settings } from './settings.ts'
import { type Stage, stageBefore, stages, titles } from './stages.ts'

export interface StageInput {
  episode: string
}

const lockPrefix = 'episode:'

/** A key of Holdfast has at most 200 characters. */
const longestName = 200 - lockPrefix.length

export type StageJob = ReturnType<typeof defineStage>

export function defineStages(library: Library, settings: Settings): Record<Stage, StageJob> {
  const define = (stage: Stage) => [
    stage,
    defineStage(stage, library, { ...environmentOf(settings), SCREENTIME_FOLDER: library.folder }, settings),
  ]
  return Object.fromEntries(stages.map(define)) as Record<Stage, StageJob>
}

function defineStage(stage: Stage, library: Library, environment: Record<string, string>, { stallSeconds }: Settings) {
  return defineJob({
    kind: stage,
    title: titles[stage],
    input: inputOf(stage, library),
    module: new URL(`./work/${stage}.ts`, import.meta.url),
    environment,
    unique: ({ episode }) => episode,
    // Two stages of one episode would read what the other one writes.
    locks: ({ episode }) => [`${lockPrefix}${episode}`],
    // What it prints is no sign of life; only its beat is, which comes when the work has got on.
    heartbeats: 'explicit',
    stallAfterMs: stallSeconds * 1_000,
    stopGraceMs: 3_000,
  })
}

/** Whoever asks, a page, a terminal or a program: refused with the reason that the button has. */
function inputOf(stage: Stage, library: Library) {
  return z.object({ episode: z.string() }).superRefine(({ episode }, context) => {
    const found = library.get(episode)
    const message = found === null ? `There is no episode “${episode}”.` : whyNot(stage, found)
    if (message !== null) context.addIssue({ code: 'custom', path: ['episode'], message })
  })
}

/** Why a stage cannot be started yet, or null. */
export function whyNot(stage: Stage, episode: Episode, isDone = (before: Stage) => readResult(episode, before) !== null): string | null {
  if (episode.name.length > longestName) return `The name of its file is too long: at most ${longestName} characters.`
  const before = stageBefore(stage)
  return before === null || isDone(before) ? null : `${titles[before]} has to be done first.`
}
