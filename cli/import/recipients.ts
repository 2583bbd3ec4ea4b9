import { mailAddress } from '../../shared/routing-table/network-names.ts'
import { DEFAULT_NUMBER, DIALLED_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { visible } from '../../shared/visible.ts'

export interface Recipients {
  byNumber: ReadonlyMap<string, readonly string[]>
  /** Each line that could not be used, with its number. */
  problems: readonly string[]
}

/**
 * A list of DID,address, as a spreadsheet exports it: commas, semicolons or tabs, quotes or not, with or without a line of titles. A
 * number may have several addresses, in one line or several. `default` is who gets the mails of all other numbers.
 */
export function readRecipients(text: string): Recipients {
  const byNumber = new Map<string, string[]>()
  const problems: string[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const [index, line] of lines.entries()) {
    const [written = '', ...rest] = fieldsOf(line)
    const addresses = rest.flatMap((field) => field.split(/[,;\s]+/)).filter((address) => address !== '')
    if (/^\s*(#|$)/.test(line) || isTitle(index, written, addresses)) continue
    const number =
      written.toLowerCase() === DEFAULT_NUMBER ? DEFAULT_NUMBER : written.replaceAll(/[\s()./-]/g, '')
    const wrong = problemOf(number, addresses)
    if (wrong !== undefined) {
      problems.push(`line ${index + 1}: ${wrong}`)
      continue
    }
    byNumber.set(number, [...new Set([...(byNumber.get(number) ?? []), ...addresses])])
  }
  return { byNumber, problems }
}

/** RFC 4180, but for line breaks inside quotes, and with the separators of spreadsheets in Europe. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|[,;\t])\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))/g)].map(([, quoted, bare]) =>
    (quoted?.replaceAll('""', '"') ?? bare ?? '').trim(),
  )
}

function isTitle(index: number, number: string, addresses: readonly string[]): boolean {
  return (
    index === 0 &&
    !/\d/.test(number) &&
    number.toLowerCase() !== DEFAULT_NUMBER &&
    !addresses.some((one) => one.includes('@'))
  )
}

function problemOf(number: string, addresses: readonly string[]): string | undefined {
  if (number !== DEFAULT_NUMBER && !DIALLED_NUMBER.test(number)) {
    return `${visible(number) || 'nothing'} is no number: digits, * and #, with or without a + in front, or ${DEFAULT_NUMBER}`
  }
  if (addresses.length === 0) return `${number} has no address`
  const bad = addresses.find((address) => !('value' in mailAddress(address)))
  return bad === undefined ? undefined : `${visible(bad)} is no mail address`
}
