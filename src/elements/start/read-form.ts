// The form that an element names, read as the input of a job.
import type { Json } from '../../client/index.ts'
import type { HoldfastElement } from '../element.ts'
import type { ElementClient } from '../element-client.ts'
import { formInput } from './form-input.ts'

export interface WantedForm {
  host: HoldfastElement
  client: ElementClient
  kind: string
  /** Its id, in the same root as the element or on the page. */
  form: string
}

/** Undefined: it is not filled in, and the browser has said where. @throws Error: there is none */
export async function readForm({ host, client, kind, form: id }: WantedForm): Promise<Json | undefined> {
  const root = host.getRootNode() as Document | ShadowRoot
  const form = root.getElementById(id) ?? document.getElementById(id)
  if (!(form instanceof HTMLFormElement)) throw new Error(`There is no form "${id}" on this page.`)
  if (!form.reportValidity()) return undefined
  const schema = await client.kind(kind).then(
    ({ inputSchema }) => inputSchema,
    () => null,
  )
  return formInput(form, schema)
}
