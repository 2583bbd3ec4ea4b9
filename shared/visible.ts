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
