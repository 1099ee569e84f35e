// The pure parts on the real films: reading, vectors, neighbours, the made-up history and what is recommended from them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Film, filmsPath, readFilms } from './films.ts'
import { readIndex, type WatchIndex, writeIndex } from './index-files.ts'
import { nearest, similarity } from './neighbours.ts'
import { recommend } from './recommend.ts'
import { generateEvents, tasteIn, tasteProfile } from './taste.ts'
import { contentVectors, dimensions, type Vectors } from './vectors.ts'

const folder = mkdtempSync(join(tmpdir(), 'recommend-'))
after(() => rmSync(folder, { recursive: true }))

const row = (change: object) => ({
  Title: 'Alpha',
  'Major Genre': 'Drama',
  'IMDB Rating': 7,
  'IMDB Votes': 900,
  'Release Date': 'Jun 12 1998',
  ...change,
})

async function readRows(rows: object[]) {
  const path = join(folder, 'films.json')
  writeFileSync(path, JSON.stringify(rows))
  return await readFilms(path)
}

function vectorsOf(films: Film[], passes = 6): Vectors {
  const work = contentVectors(films, passes)
  let step = work.next()
  while (!step.done) step = work.next()
  return step.value
}

describe('reading films', () => {
  test('leaves out rows that say too little and warns of odd ones', async () => {
    const { films, warnings, leftOut } = await readRows([
      row({}),
      row({ Title: null }),
      row({ 'IMDB Rating': null }),
      row({ 'Major Genre': null }),
      row({ Title: 1776, 'Release Date': 'Nov 09 1972' }),
      row({ Title: 'Duel in the Sun', 'Release Date': 'Dec 31 2046' }),
      row({ Title: 'LÈon' }),
      row({ 'Release Date': 'Jun 12 2004' }),
    ])
    assert.equal(leftOut, 3)
    assert.deepEqual(
      films.map(({ title, year }) => [title, year]),
      [
        ['Alpha', 1998],
        ['1776', 1972],
        ['Duel in the Sun', 1946],
        ['Léon', 1998],
        ['Alpha', 2004],
      ],
    )
    assert.deepEqual(warnings, [
      'row 5: the title 1776 is a number, read as text',
      '“Duel in the Sun”: date Dec 31 2046 read as 1946',
      '“LÈon”: letters read as “Léon”',
      '“Alpha” appears twice (1998, 2004); kept both',
    ])
  })

  test('a rating that is no number is an error that names film and row', async () => {
    const broken = readRows([row({}), row({ Title: 'Darling Lili', 'IMDB Rating': '6,1' })])
    await assert.rejects(broken, { message: 'Rating of “Darling Lili” is not a number: “6,1” (films.json, row 2)' })
  })

  test('the real list gives 2,745 films, none from the future', async () => {
    const { films } = await readFilms(filmsPath)
    assert.equal(films.length, 2745)
    assert.ok(films.every(({ year }) => year > 1900 && year <= 2012))
  })
})

describe('an index of real films that many know', () => {
  let all: Film[] = []
  let index: WatchIndex
  before(async () => {
    all = (await readFilms(filmsPath)).films.filter(({ votes }) => votes > 60_000)
    const vectors = vectorsOf(all)
    index = { settings: { minVotes: 0, neighbours: 10 }, films: all, vectors, neighbours: all.map((_, film) => nearest(vectors, film, 10)) }
  })

  test('vectors have length 1 and are the same every time', () => {
    for (let film = 0; film < all.length; film++) assert.ok(Math.abs(similarity(index.vectors, film, film) - 1) < 1e-4)
    assert.deepEqual(vectorsOf(all), index.vectors)
    assert.equal(index.vectors.values.length, all.length * dimensions)
  })

  test('likeness is the same from both sides', () => {
    for (let film = 1; film < all.length; film++) assert.equal(similarity(index.vectors, film, 0), similarity(index.vectors, 0, film))
  })

  test('neighbours are the nearest there are, nearest first, never the film itself', () => {
    const film = 17
    const expected = all
      .map((_, other) => ({ film: other, score: similarity(index.vectors, film, other) }))
      .filter((other) => other.film !== film)
      .sort((a, b) => b.score - a.score)
      .slice(0, 10)
    assert.deepEqual(index.neighbours[film], expected)
  })

  test('a sequel is near: Toy Story 2 is among the nearest three of Toy Story', () => {
    const toys = all.findIndex(({ title }) => title === 'Toy Story')
    const titles = index.neighbours[toys]?.slice(0, 3).map(({ film }) => all[film]?.title)
    assert.ok(titles?.includes('Toy Story 2'), titles?.join(', '))
  })

  test('the same seed makes the same history, another seed another one, and no film comes twice', () => {
    const events = generateEvents(all, { seed: 42, count: 30 })
    assert.deepEqual(generateEvents(all, { seed: 42, count: 30 }), events)
    assert.notDeepEqual(generateEvents(all, { seed: 43, count: 30 }), events)
    assert.equal(new Set(events.map((event) => event.row)).size, 30)
    assert.ok(events.every(({ at }, place) => place === 0 || at > (events[place - 1]?.at ?? 0)))
  })

  test('a film that was watched later weighs more than an equally liked one', () => {
    const [first, second] = all.map((film) => film.row)
    const profile = tasteProfile([
      { row: first!, at: 0, stars: 5 },
      { row: second!, at: 45 * 86_400_000, stars: 5 },
      { row: -1, at: 0, stars: 5 },
    ])
    const taste = tasteIn(index, profile)
    assert.deepEqual(
      taste.watched.map(({ film, weight }) => [film, weight]),
      [
        [1, 1],
        [0, 0.5],
      ],
    )
  })

  test('recommends unseen films, best first, each because of a watched one', () => {
    const taste = tasteIn(index, tasteProfile(generateEvents(all, { seed: 42, count: 30 })))
    const seen = new Set(taste.watched.map(({ film }) => all[film]?.title))
    const picks = recommend(index, taste, { results: 12, variety: 35 })
    assert.equal(picks.length, 12)
    assert.ok(picks.every(({ film, because }) => !seen.has(film.title) && seen.has(because.title)))
    assert.deepEqual(
      picks.map(({ score }) => score),
      picks.map(({ score }) => score).sort((a, b) => b - a),
    )
    const reasons = (variety: number) => new Set(recommend(index, taste, { results: 12, variety }).map(({ because }) => because.row)).size
    assert.ok(reasons(90) > reasons(0))
  })

  test('is the same after writing and reading', async () => {
    await writeIndex(folder, index)
    const again = await readIndex(folder)
    assert.deepEqual(again.films, index.films)
    assert.deepEqual(again.vectors, index.vectors)
    assert.deepEqual(
      again.neighbours[3]?.map(({ film }) => film),
      index.neighbours[3]?.map(({ film }) => film),
    )
  })
})
