// What is looked at: companies, their openings, and who applies. Read from a file that ships with the app; all of it is invented.
import { readFileSync } from 'node:fs'

export interface Company {
  id: string
  name: string
  place: string
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
  postings: (Omit<Posting, 'company'> & { company: string })[]
  applicant: Applicant
}

const file: File = JSON.parse(readFileSync(new URL('./postings.json', import.meta.url), 'utf8'))

export const { companies, applicant } = file

const byId = new Map(companies.map((company) => [company.id, company]))

/** Newest first. */
export const postings: Posting[] = file.postings
  .map((posting) => ({ ...posting, company: companyOf(posting) }))
  .sort((a, b) => b.postedOn.localeCompare(a.postedOn))

const postingsById = new Map(postings.map((posting) => [posting.id, posting]))

export const findPosting = (id: string): Posting | null => postingsById.get(id) ?? null

/** @throws Error when there is none: what a job was submitted with was checked before. */
export function postingOf(id: string): Posting {
  const posting = findPosting(id)
  if (posting === null) throw new Error(`There is no posting “${id}”`)
  return posting
}

function companyOf({ id, company }: { id: string; company: string }): Company {
  const found = byId.get(company)
  if (found === undefined) throw new Error(`postings.json: ${id} is of a company that is not there: ${company}`)
  return found
}
