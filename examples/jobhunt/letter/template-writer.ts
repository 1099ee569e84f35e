// Writes without a language model: plain sentences around what was found. It is the default, needs no account, and writes the same twice.
import type { Brief, Part, Writer } from './writer.ts'

export const templateWriter: Writer = {
  name: 'templates',
  async write(part, { brief, onText }) {
    const text = templates[part](brief)
    onText(text)
    return text
  },
}

const templates: Record<Part, (brief: Brief) => string> = {
  greeting: ({ posting, facts }) => `Dear ${personIn(said(facts, 'Write to')) ?? `people of ${posting.company.name}`},`,
  opening: ({ posting, facts }) =>
    sentences(
      `I am writing about the opening “${posting.title}” (${posting.place}).`,
      quoted(facts, 'What they do', 'What made me read on is how you put it yourselves:'),
    ),
  experience: ({ matches, applicant }) =>
    sentences(...matches.map(({ wish, answer }, index) => `${leads[index] ?? leads[0]} “${wish}” ${answer}`)) ||
    (applicant.evidence[0] ?? ''),
  interest: ({ facts, posting }) =>
    sentences(
      quoted(facts, 'What they care for', 'One sentence on your pages has stayed with me:'),
      quoted(facts, 'Lately', 'I have read your news as well:'),
      quoted(facts, 'Close to the posting', 'This is where I should like to help:'),
    ) || `I should like to learn more of what ${posting.company.name} does, and would ask when we meet.`,
  closing: ({ applicant }) =>
    `I can begin in two months, and come for a talk on any day that suits you.\n\nYours sincerely,\n${applicant.name}\n${applicant.email}`,
}

const leads = ['You write:', 'You also write:', 'And you write:']

const sentences = (...some: string[]): string => some.filter(Boolean).join(' ')

const said = (facts: Brief['facts'], topic: string): string | undefined => facts.find((fact) => fact.topic === topic)?.text

function quoted(facts: Brief['facts'], topic: string, lead: string): string {
  const text = said(facts, topic)
  return text === undefined ? '' : `${lead} “${text}”`
}

/** "Questions go to Ines Okafor at …": two capitalised words or more in a row, and not at the beginning. */
function personIn(text: string | undefined): string | undefined {
  return text?.match(/(?<=\s)\p{Lu}\p{L}+(?: (?:van|de|der|von))*(?: \p{Lu}\p{L}+)+/u)?.[0]
}
