// The files of the two artifacts: how an index and a taste profile are written and read again. Knows no job and no page.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildSettings } from '../settings.ts'
import type { Film } from './films.ts'
import type { Neighbour } from './neighbours.ts'
import type { Watched } from './taste.ts'
import type { Vectors } from './vectors.ts'

export interface WatchIndex {
  settings: BuildSettings
  films: Film[]
  vectors: Vectors
  /** For each film its nearest, nearest first. */
  neighbours: Neighbour[][]
}

export async function writeIndex(folder: string, { settings, films, vectors, neighbours }: WatchIndex): Promise<void> {
  const pairs = neighbours.map((list) => list.map(({ film, score }) => [film, Number(score.toFixed(4))]))
  await writeFile(join(folder, 'films.json'), JSON.stringify({ settings, films }))
  await writeFile(join(folder, 'neighbours.json'), JSON.stringify(pairs))
  await writeFile(join(folder, 'vectors.f32'), vectors.values)
}

export async function readIndex(folder: string): Promise<WatchIndex> {
  const { settings, films }: Pick<WatchIndex, 'settings' | 'films'> = JSON.parse(await readFile(join(folder, 'films.json'), 'utf8'))
  const pairs: [number, number][][] = JSON.parse(await readFile(join(folder, 'neighbours.json'), 'utf8'))
  const bytes = await readFile(join(folder, 'vectors.f32'))
  const vectors = { count: films.length, values: new Float32Array(new Uint8Array(bytes).buffer) }
  return { settings, films, vectors, neighbours: pairs.map((list) => list.map(([film, score]) => ({ film, score }))) }
}

export async function writeProfile(folder: string, watched: Watched[]): Promise<void> {
  await writeFile(join(folder, 'profile.json'), JSON.stringify(watched))
}

export async function readProfile(folder: string): Promise<Watched[]> {
  return JSON.parse(await readFile(join(folder, 'profile.json'), 'utf8'))
}
