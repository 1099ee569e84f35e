// Writes without a language model: plain sentences around what was found. It is the default, needs no account, and writes the same twice.
import { applicant } from '../postings.ts'
import { searchIn, sentencesOf } from '../research/language.ts'
import type { Part, Writer, Writing } from './writer.ts'

export const templateWriter: Writer = {
  name: 'templates',
  write: async (part, writing) => templates[part](writing),
}

const templates: Record<Part, (writing: Writing) => string> = {
  greeting: ({ posting, facts }) => `Dear ${personIn(said(facts, 'Write to')) ?? `people of ${posting.company.name}`},`,
  opening: ({ posting, facts }) =>
    sentences(
      `I am writing about the opening “${posting.title}” (${posting.place}).`,
      quoted(facts, 'What they do', 'What made me read on is how you put it yourselves:'),
    ),
  experience: ({ posting }) => sentences(...answersTo(posting.text)) || (applicant.evidence[0] ?? ''),
  interest: ({ facts, posting }) =>
    sentences(
      quoted(facts, 'What they care for', 'One sentence on your pages has stayed with me:'),
      quoted(facts, 'Lately', 'I have read your news as well:'),
      quoted(facts, 'Close to the posting', 'This is where I should like to help:'),
    ) || `I should like to learn more of what ${posting.company.name} does, and would ask when we meet.`,
  closing: () =>
    `I can begin in two months, and come for a talk on any day that suits you.\n\nYours sincerely,\n${applicant.name}\n${applicant.email}`,
}

const leads = ['You write:', 'You also write:', 'And you write:']
/** Below, they have no more in common than a word that everybody uses. */
const leastScore = 1.8

/** What the posting wishes, with what the applicant has to say to it, the nearest first; nothing is said twice. */
function answersTo(text: string): string[] {
  const search = searchIn(applicant.evidence)
  const pairs = sentencesOf(text)
    .flatMap((wish) => search(wish.text).map((found) => ({ wish: wish.text, ...found })))
    .filter(({ score }) => score >= leastScore)
    .sort((a, b) => b.score - a.score)
  const isFirst = ({ wish, place }: { wish: string; place: number }, index: number) =>
    pairs.findIndex((pair) => pair.wish === wish || pair.place === place) === index
  const nearest = pairs.filter(isFirst).slice(0, leads.length)
  return nearest.map(({ wish, place }, index) => `${leads[index]} “${wish}” ${applicant.evidence[place]}`)
}

const sentences = (...some: string[]): string => some.filter(Boolean).join(' ')

const said = (facts: Writing['facts'], topic: string): string | undefined => facts.find((fact) => fact.topic === topic)?.text

function quoted(facts: Writing['facts'], topic: string, lead: string): string {
  const text = said(facts, topic)
  return text === undefined ? '' : `${lead} “${text}”`
}

/** "Questions go to Ines Okafor at …": two capitalised words or more in a row, and not at the beginning. */
function personIn(text: string | undefined): string | undefined {
  return text?.match(/(?<=\s)\p{Lu}\p{L}+(?: (?:van|de|der|von))*(?: \p{Lu}\p{L}+)+/u)?.[0]
}
