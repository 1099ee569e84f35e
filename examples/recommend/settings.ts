// What the viewer can set, and the file that keeps it. Saving writes the file and does nothing else: it never starts a rebuild.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Least and most of each. */
export const bounds = { results: [6, 48], variety: [0, 100], minVotes: [0, 1_000_000], neighbours: [5, 200] } as const

/** What an index is built from: a change needs a rebuild. */
export const buildSettings = z.object({ minVotes: whole('minVotes'), neighbours: whole('neighbours') })
export type BuildSettings = z.infer<typeof buildSettings>

/** What an index is built from, and what a page is drawn with. */
export const allSettings = buildSettings.extend({ results: whole('results'), variety: whole('variety') })
export type Settings = z.infer<typeof allSettings>

const savedSettings = allSettings.extend({ generation: z.number().int(), savedAt: z.number() })
export type SavedSettings = z.infer<typeof savedSettings>

export type SettingsFile = ReturnType<typeof openSettings>

const first: SavedSettings = { minVotes: 200, neighbours: 40, results: 12, variety: 35, generation: 1, savedAt: 0 }

/** Reading and writing are synchronous, so that two saves at once get two numbers. */
export function openSettings(folder: string) {
  const path = join(folder, 'settings.json')
  const read = (): SavedSettings => {
    if (!existsSync(path)) return first
    try {
      return savedSettings.parse(JSON.parse(readFileSync(path, 'utf8')))
    } catch (cause) {
      throw new Error(`The settings in ${path} cannot be read. Correct or delete the file.`, { cause })
    }
  }
  const save = (change: Settings): SavedSettings => {
    const saved = { ...change, generation: read().generation + 1, savedAt: Date.now() }
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${path}.new`, JSON.stringify(saved, null, 2))
    renameSync(`${path}.new`, path)
    return saved
  }
  return { read, save }
}

/** The one spelling of what an index was built from; equal strings mean that no rebuild is required. */
export const fingerprintOf = ({ minVotes, neighbours }: BuildSettings): string => `minVotes=${minVotes} neighbours=${neighbours}`

export function settingsFrom(fingerprint: string): BuildSettings {
  return buildSettings.parse(Object.fromEntries([...fingerprint.matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [name, Number(value)])))
}

function whole(name: keyof typeof bounds) {
  const [min, max] = bounds[name]
  const error = `Write a whole number from ${min} to ${max.toLocaleString('en-US')}`
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}
