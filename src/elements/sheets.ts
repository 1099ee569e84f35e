// The style sheets of the elements, made once and shared by their shadow roots; a policy without inline styles has nothing against them.
import base from '../views/style/base.css?inline'
import parts from '../views/style/parts.css?inline'
import tokens from '../views/style/tokens.css?inline'
import ground from './style/ground.css?inline'

const sheetsByText = new Map<string, CSSStyleSheet>()

/** Each is made once, whoever asks for it. */
export function sheetOf(text: string): CSSStyleSheet {
  const sheet = sheetsByText.get(text) ?? new CSSStyleSheet()
  if (!sheetsByText.has(text)) sheet.replaceSync(text)
  sheetsByText.set(text, sheet)
  return sheet
}

export function commonSheets(): CSSStyleSheet[] {
  return [tokens, base, parts, ground].map(sheetOf)
}
