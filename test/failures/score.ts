// How many of the unseen failures get the line that a person picked beforehand: `node test/failures/score.ts unseen-second`.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { failureOf } from '../../src/core/failure.ts'
import { readRecording } from './case.ts'

const folder = fileURLToPath(new URL(`./${process.argv[2] ?? 'unseen'}/`, import.meta.url))
const picks: Record<string, string[]> = JSON.parse(readFileSync(`${folder}picks.json`, 'utf8'))
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
let matched = 0
for (const file of files) {
  const { name, exitCode, signal, program, lines } = readRecording(file.replace('.txt', ''), readFileSync(`${folder}${file}`, 'utf8'))
  const lastLines = lines.map((line, index) => ({ seq: index + 1, ...line }))
  const { message } = failureOf({ exitCode, signal, phase: null, saidError: null, program, lastLines })
  const matches = picks[name]?.some((pick) => message.includes(pick)) ?? false
  if (matches) matched++
  else console.log(`${name}\n  picked  ${picks[name]?.join('\n       or ')}\n  chosen  ${message}`)
}
console.log(`${matched} of ${files.length}`)
