/** A pattern of numbers as Asterisk's dialplan writes them: `0[1-5]XXXXXXXX`, `+49.` */
const SHAPE = /^(?=.)\+?(?:[0-9*#XZN]|\[[0-9](?:-?[0-9])*\]){0,40}\.?$/

const CLASSES: Readonly<Record<string, string>> = {
  X: '[0-9]',
  Z: '[1-9]',
  N: '[2-9]',
  '.': '[0-9]+',
  '+': '\\+',
  '*': '\\*',
}

export function isNumberPattern(text: string): boolean {
  return SHAPE.test(text) && text !== '+' && !hasFallingRange(text)
}

function hasFallingRange(text: string): boolean {
  return [...text.matchAll(/([0-9])-([0-9])/g)].some(([, from = '', to = '']) => from > to)
}

/** Whether the whole number matches. Throws for what is no pattern. */
export function matchesNumber(pattern: string, number: string): boolean {
  if (!isNumberPattern(pattern)) throw new Error(`${pattern} is no pattern of numbers.`)
  return expressionOf(pattern).test(number)
}

/**
 * X is a digit, Z one from 1, N one from 2, [3-5] one of these, and a dot at the end one digit or more; the rest stands for itself. Of a pattern: nothing in
 * it is repeated but by the dot.
 */
export function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/[XZN.+*]/g, (character) => CLASSES[character] ?? character)
  return new RegExp(`^${source}$`)
}
