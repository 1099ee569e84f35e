// An approved letter as a mail, which a mail program opens as a draft. Nothing is sent from here.
import { applicant, findPosting } from './postings.ts'
import type { Letter } from './results.ts'

export const fileOf = ({ job, posting }: Letter): string => `letter-${job}-${posting}.eml`

export const subjectOf = ({ posting }: Letter): string => `Application: ${findPosting(posting)?.title ?? posting}`

export function mailOf(letter: Letter): string {
  return [
    `From: ${inHeader(applicant.name)} <${applicant.email}>`,
    ...(letter.recipient === null ? [] : [`To: ${letter.recipient}`]),
    `Subject: ${inHeader(subjectOf(letter))}`,
    `Date: ${new Date(letter.approvedAt ?? 0).toUTCString().replace('GMT', '+0000')}`,
    'X-Unsent: 1',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    letter.text,
    '',
  ]
    .join('\n')
    .replace(/\r?\n/g, '\r\n')
}

/** Mail headers are ASCII. */
const inHeader = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`)
