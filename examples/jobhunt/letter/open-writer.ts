// Which writer there is: the one that the environment names, else the templates.
import type { Around } from '../kinds.ts'
import { modelWriter } from './model-writer.ts'
import { templateWriter } from './template-writer.ts'
import type { Writer } from './writer.ts'

export function openWriter({ OPENAI_BASE_URL: url, OPENAI_MODEL: model, OPENAI_API_KEY: key }: Around): Writer {
  return url === '' ? templateWriter : modelWriter({ url, model, key })
}
