// holdfast doctor: what this machine and this folder are good for, and what to do about the rest. Exit code 1 when something is bad.
import type { Finding } from '../../supervisor/doctor.ts'
import { examine } from '../../supervisor/doctor.ts'
import { paint, plain } from '../output.ts'
import { dataOf, type Place } from '../place.ts'

export async function doctor(options: Place): Promise<number> {
  const data = dataOf(options)
  const findings = await examine(data)
  if (options.json) console.log(JSON.stringify({ data, findings }))
  else console.log(page(findings))
  return findings.some(({ verdict }) => verdict === 'bad') ? 1 : 0
}

const looks = {
  good: ['✓', 'green'],
  mind: ['!', 'yellow'],
  bad: ['✗', 'red'],
} as const

function page(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, verdict, says, advice }) => {
    const [icon, style] = looks[verdict]
    const line = `${paint(style, icon)} ${check.padEnd(width)}  ${plain(says)}`
    return advice === undefined ? [line] : [line, `  ${' '.repeat(width)}  ${paint('gray', plain(advice))}`]
  })
  return [...lines, '', summary(findings)].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const bad = findings.filter(({ verdict }) => verdict === 'bad').length
  const mind = findings.filter(({ verdict }) => verdict === 'mind').length
  if (bad > 0) return `${bad} ${bad === 1 ? 'thing' : 'things'} must be put right before jobs are safe here.`
  return mind === 0 ? 'All is well.' : `Jobs are safe here. ${mind} ${mind === 1 ? 'thing' : 'things'} to know of.`
}
