// Brings together what the posting asks for and what the applicant has done. Pure.
import type { Applicant, Posting } from '../postings.ts'
import { searchIn, sentencesOf } from '../research/language.ts'
import type { Fact } from '../results.ts'
import type { Brief } from './writer.ts'

const mostMatches = 3
/** Below, they have no more in common than a word that everybody uses. */
const leastScore = 1.8

export function makeBrief({ posting, applicant, facts }: { posting: Posting; applicant: Applicant; facts: Fact[] }): Brief {
  const contact = facts.find(({ topic }) => topic === 'Write to')?.text
  const recipient = contact?.match(/[\w.+-]+@[\w.-]+\w/)?.[0] ?? null
  return { posting, applicant, facts, matches: matchesOf(posting, applicant), recipient }
}

/** The best pairs of a wish and a sentence that answers it, in the posting's order; no sentence answers two wishes. */
function matchesOf({ text }: Posting, { evidence }: Applicant): Brief['matches'] {
  const search = searchIn(evidence)
  const wishes = sentencesOf(text).map((sentence) => sentence.text)
  const pairs = wishes.flatMap((wish) => search(wish).map((found) => ({ wish, ...found })))
  const used = { wishes: new Set<string>(), places: new Set<number>() }
  const matches: Brief['matches'] = []
  for (const { wish, place, score } of pairs.sort((a, b) => b.score - a.score)) {
    const answer = evidence[place]
    if (score < leastScore || answer === undefined || used.wishes.has(wish) || used.places.has(place)) continue
    used.wishes.add(wish)
    used.places.add(place)
    matches.push({ wish, answer })
  }
  return matches.slice(0, mostMatches).sort((a, b) => wishes.indexOf(a.wish) - wishes.indexOf(b.wish))
}
