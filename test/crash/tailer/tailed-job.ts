// The job whose log is read by runners that are killed: numbered lines, in pieces that are written when they are asked for.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineJob } from 'holdfast'

export interface TailedOptions {
  /** Folder of the data folder and of the job's own files. */
  folder: string
  lines: number
  /** Pieces that the lines are written in. */
  pieces: number
  logBytes: number
}

const script = `k=0; a=1
while read -r b; do
  until [ -e "$PIECES/$k" ]; do sleep 0.1; done
  seq $a $b
  a=$((b+1)); k=$((k+1))
done < "$PIECES/ends"`

export function tailedKind({ folder, logBytes }: Pick<TailedOptions, 'folder' | 'logBytes'>) {
  return defineJob({ kind: 'tailed', command: ['sh', '-c', script], environment: { PIECES: piecesIn(folder) }, logBytes })
}

/** Some pieces are long and most are short, as what piles up between two lives of a runner is. */
export function layOutPieces({ folder, lines, pieces }: TailedOptions, random: () => number): void {
  const weights = Array.from({ length: pieces }, () => -Math.log(1 - random()))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  const ends = weights.map((weight, index) => {
    sum += weight
    return index === pieces - 1 ? lines : Math.max(1, Math.floor((sum / whole) * lines))
  })
  mkdirSync(piecesIn(folder), { recursive: true })
  writeFileSync(join(piecesIn(folder), 'ends'), ends.map((end) => `${end}\n`).join(''))
}

export function askForPiece(folder: string, piece: number): void {
  if (!existsSync(join(piecesIn(folder), String(piece)))) writeFileSync(join(piecesIn(folder), String(piece)), '')
}

export function dataIn(folder: string): string {
  return join(folder, 'data')
}

function piecesIn(folder: string): string {
  return join(folder, 'pieces')
}
