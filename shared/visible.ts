/**
 * Text from strangers (numbers, station IDs, servers' answers) for a log or a terminal: whatever could end a line, move a
 * cursor or turn the reading direction around becomes visible as an escape instead of being obeyed.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
}

/**
 * As JSON, in which nothing is obeyed either: of all that a terminal acts on, JSON itself escapes the controls below U+0020 alone. What is parsed from it is
 * the value itself.
 */
export function visibleJson(value: unknown, indentation?: number): string {
  // A line break that stands in the result is the indentation's.
  return JSON.stringify(value, undefined, indentation).replaceAll(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    asJsonEscape,
  )
}

/** Each half of a surrogate pair on its own, as JSON has it. */
function asJsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => {
    return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`
  }).join('')
}
