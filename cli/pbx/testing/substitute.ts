/**
 * Asterisk's substitution of variables, with the steps and the blind spots of main/pbx_variables.c (20.x): what stands in `${…}` is
 * substituted first, then looked through for an offset, then read as a function or a variable; the result is not looked at again.
 * Text is bytes here, one character each (latin1).
 */
export interface Values {
  variable: (name: string) => string
  /** `data` is what stands between the first bracket and the last. */
  read: (name: string, data: string) => string
}

export function substitute(text: string, values: Values): string {
  let result = ''
  let rest = text
  for (;;) {
    const at = rest.search(/\$[{[]/)
    if (at === -1) return result + rest
    result += rest.slice(0, at)
    const isVariable = rest[at + 1] === '{'
    const length = lengthOf(rest.slice(at + 2), isVariable ? '{}' : '[]')
    const inner = rest.slice(at + 2, at + 2 + length)
    result += isVariable ? valueIn(inner, values) : evaluate(substitute(inner, values))
    rest = rest.slice(at + 2 + length + 1)
  }
}

/** Brackets of the one kind are counted, whatever else stands between. */
function lengthOf(text: string, [open, close]: string): number {
  let brackets = 1
  for (let index = 0; index < text.length; index++) {
    if (text[index] === open) brackets++
    if (text[index] === close && --brackets === 0) return index
  }
  throw new Error(`"${close}" is missing in ${JSON.stringify(text)}`)
}

function valueIn(inner: string, values: Values): string {
  const { expression, offset, length } = withoutOffset(substitute(inner, values))
  const bracket = expression.indexOf('(')
  const value =
    bracket === -1
      ? values.variable(expression)
      : values.read(expression.slice(0, bracket), argumentsOf(expression.slice(bracket + 1)))
  return offset === undefined ? value : piece(value, offset, length)
}

/** func_args in main/pbx_functions.c: to the last bracket. */
function argumentsOf(text: string): string {
  const end = text.lastIndexOf(')')
  return end === -1 ? text : text.slice(0, end)
}

/** parse_variable_name: the first colon where as many brackets have closed as opened. */
function withoutOffset(text: string): { expression: string; offset?: number; length: number } {
  let open = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') open++
    if (text[index] === ')') open--
    if (text[index] !== ':' || open !== 0) continue
    const [, offset, length] = /^\s*([+-]?\d+)(?::\s*([+-]?\d+))?/.exec(text.slice(index + 1)) ?? []
    return {
      expression: text.slice(0, index),
      offset: Number(offset ?? 0),
      length: length === undefined ? Number.MAX_SAFE_INTEGER : Number(length),
    }
  }
  return { expression: text, length: Number.MAX_SAFE_INTEGER }
}

function piece(value: string, offset: number, length: number): string {
  const start = offset < 0 ? Math.max(0, value.length + offset) : offset
  const end = length < 0 ? value.length + length : start + length
  return value.slice(start, Math.max(start, end))
}

/** Expressions of the forms that we write. Whatever a value does to one beyond these, Asterisk's parser would choke on, so it throws. */
function evaluate(expression: string): string {
  const text = /^"([^"]*)" (=|!=) "([^"]*)"$/s.exec(expression)
  if (text !== null) return (text[1] === text[3]) === (text[2] === '=') ? '1' : '0'
  const numbers = /^(\d+) (=|>) (\d+)$/.exec(expression)
  if (numbers === null) throw new Error(`no expression: ${JSON.stringify(expression)}`)
  const [left, right] = [Number(numbers[1]), Number(numbers[3])]
  return (numbers[2] === '=' ? left === right : left > right) ? '1' : '0'
}
