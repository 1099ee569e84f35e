// What a site says of a company, as a few sentences with their source: for each topic the one that answers it best. Pure.
import type { Posting } from '../postings.ts'
import type { Fact } from '../results.ts'
import { type Sentence, searchIn, sentencesOf } from './language.ts'
import type { SitePage } from './site.ts'

interface Topic {
  name: string
  question: string
  /** What a sentence has to name to be an answer. */
  names?: string
  /** Only what stands on the first page. */
  isOnFirst?: boolean
}

const topics: Topic[] = [
  { name: 'What they do', question: 'company builds makes software product plans turns', isOnFirst: true },
  { name: 'Since', question: 'company founded started year founders', names: 'FOUNDED' },
  { name: 'Team', question: 'team people we are', names: 'TEAM' },
  { name: 'Pay', question: 'pay earns salary year engineer', names: 'PAY' },
  { name: 'How they work', question: 'work from home office days week anywhere' },
  { name: 'Tools', question: 'code tools firmware use TypeScript Python Rust' },
  { name: 'Lately', question: 'in 2026 new opened took found first', names: 'DATE' },
  { name: 'What they care for', question: 'we believe care think publish rather' },
  { name: 'Write to', question: 'write questions contact letter first', names: 'EMAIL' },
]

interface Found extends Sentence {
  url: string
  isOnFirst: boolean
}

/** The topics in order, then what is nearest to the posting itself. No sentence twice, wherever it stands. */
export function factsIn(pages: SitePage[], posting: Posting): Fact[] {
  const all = pages.flatMap(({ url, paragraphs }, page) =>
    paragraphs.flatMap(sentencesOf).map((sentence): Found => ({ ...sentence, url, isOnFirst: page === 0 })),
  )
  const search = searchIn(all.map(({ text }) => text))
  const taken = new Set<string>()
  return [...topics, { name: 'Close to the posting', question: `${posting.title} ${posting.text}` }].flatMap((topic) => {
    const ranked = search(topic.question).flatMap(({ place }) => all[place] ?? [])
    const best = ranked.find((sentence) => !taken.has(sentence.text) && answers(sentence, topic))
    if (best === undefined) return []
    taken.add(best.text)
    return [{ topic: topic.name, text: best.text, source: best.url }]
  })
}

/** Too short is no sentence but a heading. */
function answers({ text, names, isOnFirst }: Found, topic: Topic): boolean {
  return text.length > 30 && (topic.names === undefined || names.has(topic.names)) && (isOnFirst || !topic.isOnFirst)
}
