// What is looked at: companies, their openings, and who applies. Read from a file that ships with the app; all of it is invented.
import { readFileSync } from 'node:fs'

export interface Company {
  id: string
  name: string
}

export interface Posting {
  id: string
  company: Company
  title: string
  place: string
  postedOn: string
  text: string
}

export interface Applicant {
  name: string
  email: string
  /** What can be said of the applicant, a sentence each. */
  evidence: string[]
}

interface File {
  companies: Company[]
  /** Newest first. */
  postings: (Omit<Posting, 'company'> & { company: string })[]
  applicant: Applicant
}

const file: File = JSON.parse(readFileSync(new URL('./postings.json', import.meta.url), 'utf8'))

export const { companies, applicant } = file

export const postings: Posting[] = file.postings.map((posting) => {
  const company = companies.find(({ id }) => id === posting.company)
  if (company === undefined) throw new Error(`The posting “${posting.id}” is of a company that is not listed, “${posting.company}”`)
  return { ...posting, company }
})

export const findPosting = (wanted: string): Posting | null => postings.find(({ id }) => id === wanted) ?? null

/** @throws Error when there is none: what a job was submitted with was checked before. */
export function postingOf(id: string): Posting {
  const posting = findPosting(id)
  if (posting === null) throw new Error(`There is no posting “${id}”`)
  return posting
}
