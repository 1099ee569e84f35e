// Code with a little colour: strings, numbers, words of the language, names that are called. Text nodes only.
import type { ComponentChildren } from 'preact'

const token =
  /(?<comment>(?:^|\s)(?:#|\/\/).*$)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?=(?<name>\s*:)?)|(?<word>\b(?:import|from|const|await|true|false|null)\b)|(?<call>\b[a-zA-Z]\w*(?=\())|(?<number>(?<![\w./:-])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w./:]))/gm

export function colouredCode(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = []
  let from = 0
  for (const match of text.matchAll(token)) {
    parts.push(
      text.slice(from, match.index),
      <span key={match.index} class={classOf(match.groups ?? {})}>
        {match[0]}
      </span>,
    )
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)]
}

function classOf({ comment, string, name, word, call }: Record<string, string | undefined>): string {
  if (comment !== undefined) return 'c-comment'
  if (string !== undefined) return name === undefined ? 'c-string' : 'c-name'
  if (word !== undefined) return 'c-word'
  return call === undefined ? 'c-number' : 'c-name'
}
