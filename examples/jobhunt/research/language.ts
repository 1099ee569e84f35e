// English, as far as the app understands it: sentences, what they name, and which of them answers a question best. Loads a language
// model of 4 MB, so that only the jobs' own processes import it.
import bm25 from 'wink-bm25-text-search'
import model from 'wink-eng-lite-web-model'
import winkNlp, { type ItemSentence, type ItemToken } from 'wink-nlp'

const nlp = winkNlp(model)
const { its } = nlp

nlp.learnCustomEntities([
  { name: 'FOUNDED', patterns: ['[founded|started|begun] in CARDINAL', '[founded|started|begun] in DATE'] },
  { name: 'TEAM', patterns: ['team is CARDINAL people', 'we are CARDINAL people'] },
  { name: 'PAY', patterns: ['SYM CARDINAL', 'MONEY'] },
])

export interface Sentence {
  text: string
  /** MONEY, DATE, EMAIL and so on, and our own FOUNDED, TEAM and PAY. */
  names: Set<string>
}

export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  nlp
    .readDoc(text)
    .sentences()
    .each((sentence: ItemSentence) => {
      const names = new Set([...sentence.entities().out(its.type), ...sentence.customEntities().out(its.type)])
      sentences.push({ text: sentence.out().trim(), names })
    })
  return sentences
}

export interface Ranked {
  place: number
  score: number
}

/** A search over texts: for a question those that have to do with it, the best first. None where there are too few to compare (under three). */
export function searchIn(texts: string[]): (question: string) => Ranked[] {
  if (texts.length < 3) return () => []
  const engine = bm25()
  engine.defineConfig({ fldWeights: { text: 1 } })
  engine.definePrepTasks([stemsOf])
  texts.forEach((text, place) => void engine.addDoc({ text }, place))
  engine.consolidate()
  return (question) => engine.search(question, texts.length).map(([place, score]) => ({ place: Number(place), score }))
}

/** Its words without those that every text has, each as its stem: "engineers" finds "engineer". */
function stemsOf(text: string): string[] {
  const stems: string[] = []
  nlp
    .readDoc(text)
    .tokens()
    .filter((token) => token.out(its.type) === 'word' && !token.out<boolean>(its.stopWordFlag))
    .each((token: ItemToken) => void stems.push(token.out(its.stem as never)))
  return stems
}
