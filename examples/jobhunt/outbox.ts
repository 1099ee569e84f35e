// The outbox: a folder with a mail for each approved letter, which a mail program opens as a draft. Nothing is sent from here.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { applicant, postingOf } from './postings.ts'
import type { Letter } from './results.ts'

export const fileOf = ({ job, posting }: Letter): string => `letter-${job}-${posting}.eml`

/** Whole or not at all. What is there already stays, so that it can be asked for as often as one likes, and after every start. */
export function fillOutbox(folder: string, approved: readonly Letter[]): void {
  mkdirSync(folder, { recursive: true })
  for (const letter of approved) {
    const path = join(folder, fileOf(letter))
    if (existsSync(path)) continue
    const beside = `${path}.part`
    const file = openSync(beside, 'w', 0o600)
    writeSync(file, mailOf(letter))
    fsyncSync(file)
    closeSync(file)
    renameSync(beside, path)
  }
}

export function mailOf({ posting: id, recipient, text, approvedAt }: Letter): string {
  const posting = postingOf(id)
  return [
    `From: ${inHeader(applicant.name)} <${applicant.email}>`,
    ...(recipient === null ? [] : [`To: ${recipient}`]),
    `Subject: ${inHeader(subjectOf(posting.title))}`,
    `Date: ${new Date(approvedAt ?? 0).toUTCString().replace('GMT', '+0000')}`,
    'X-Unsent: 1',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
    '',
  ]
    .join('\n')
    .replace(/\r?\n/g, '\r\n')
}

export const subjectOf = (title: string): string => `Application: ${title}`

/** Mail headers are ASCII. */
const inHeader = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`)
