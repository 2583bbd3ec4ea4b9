/** How Asterisk splits the value of a Variable header into assignments: app.c's __ast_app_separate_args, with remove_chars. */
export function assignments(text: string): string[] {
  const found = ['']
  let [parens, brackets, isQuoted] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && parens === 0 && brackets === 0 && !isQuoted) found.push('')
    else {
      if (character === '\\') at += 1
      else if (character === '(') parens += 1
      else if (character === ')') parens = Math.max(0, parens - 1)
      else if (character === '[') brackets += 1
      else if (character === ']') brackets = Math.max(0, brackets - 1)
      found[found.length - 1] += character === '\\' ? (text[at] ?? '') : character
    }
  }
  return found
}
