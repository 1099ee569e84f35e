// Which writer there is: the one that the environment names, else the templates.
import type { Around } from '../kinds.ts'
import { modelWriter } from './model-writer.ts'
import { templateWriter } from './template-writer.ts'
import type { Writer } from './writer.ts'

export function openWriter({ LLM_URL, LLM_MODEL, LLM_KEY }: Pick<Around, 'LLM_URL' | 'LLM_MODEL' | 'LLM_KEY'>): Writer {
  return LLM_URL === '' ? templateWriter : modelWriter({ url: LLM_URL, model: LLM_MODEL, key: LLM_KEY })
}
