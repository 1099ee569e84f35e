// The last look before an index is used: what is not whole or does not fit together is refused with a sentence.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Film, filmsPath, readFilms } from './index/films.ts'
import { type WatchIndex, writeIndex, writeProfile } from './index/index-files.ts'
import { dimensions } from './index/vectors.ts'
import { defineRebuild } from './rebuild-job.ts'

const staging = mkdtempSync(join(tmpdir(), 'recommend-staging-'))
const [index, profile] = [join(staging, 'watch-index'), join(staging, 'taste-profile')]
after(() => rmSync(staging, { recursive: true }))
const settings = { minVotes: 200, neighbours: 40 }

async function said(films: Film[], change: Partial<WatchIndex> = {}, row = films[0]?.row ?? -1) {
  const vectors = { count: films.length, values: new Float32Array(films.length * dimensions) }
  await writeIndex(index, { settings, films, vectors, neighbours: films.map(() => []), ...change })
  await writeProfile(profile, [{ row, at: 0, weight: 1 }])
  const input = { mode: 'profile', settings, generation: 1, logs: staging }
  return await defineRebuild().validate?.(staging, { id: 1, attempt: 1, input, signal: new AbortController().signal })
}

test('S1.5 an index that is not whole, or is not the one that was to be kept, or knows no watched film, is refused', async () => {
  for (const folder of [index, profile]) mkdirSync(folder)
  const films = (await readFilms(filmsPath)).films.slice(0, 3)
  assert.equal(await said(films), null)
  assert.equal(await said(films, { neighbours: [[]] }), 'The index is not whole')
  assert.equal(await said(films, { vectors: { count: 3, values: new Float32Array(dimensions) } }), 'The index is not whole')
  assert.equal(
    await said(films, { settings: { minVotes: 5, neighbours: 40 } }),
    'Another index took the place of the one that was to be kept',
  )
  assert.match(String(await said(films, {}, -1)), /^None of the watched films is in the index/)
  writeFileSync(join(index, 'films.json'), '{"settings":')
  await assert.rejects(
    async () =>
      await defineRebuild().validate?.(staging, {
        id: 1,
        attempt: 1,
        input: { mode: 'data', settings, generation: 1, logs: staging },
        signal: new AbortController().signal,
      }),
  )
})
