import { isNumberPattern } from '../../transmission/number-pattern.ts'
import { dialledNumberSchema, stationIdSchema } from '../../transmission/transmit-job.ts'
import { type Check, wrong } from '../checks.ts'
import { mailAddress } from '../network-names.ts'
import { secondsOf } from './duration.ts'

export const dialledNumber: Check<string> = (text) => {
  const parsed = dialledNumberSchema.safeParse(text)
  if (parsed.success) return { value: parsed.data }
  return wrong(
    'A number is digits, * and #, with or without a + in front.',
    'Write it without blanks: 0112345678.',
  )
}

export const numberPattern: Check<string> = (text) =>
  isNumberPattern(text)
    ? { value: text }
    : wrong(
        'This is no pattern of numbers.',
        'Write digits, X for any digit, Z for one from 1, N for one from 2, [3-5], and a dot at the end for the rest: 01XXXXXXXX, 08.',
      )

export const internationalPattern: Check<string> = (text) =>
  text.startsWith('+')
    ? numberPattern(text)
    : wrong('An international pattern begins with +.', 'Write +49. for Germany, +. for every country.')

export const stationIdText: Check<string> = (text) =>
  stationIdSchema.safeParse(text).success
    ? { value: text }
    : wrong('A station ID is at most 20 characters of ASCII (T.30).', 'Write the number: +33 1 12 34 56 78')

/** What is left of the line beside the date, the number and the page. */
const LONGEST_HEADER = 50

export const headerText: Check<string> = (text) =>
  Array.from(text).length <= LONGEST_HEADER
    ? { value: text }
    : wrong(
        `A header is at most ${LONGEST_HEADER} characters: date and page have to stand beside it.`,
        'Write a shorter name.',
      )

export const senderAddress: Check<string> = (text) => {
  const address = mailAddress(text.startsWith('@') ? `any${text}` : text)
  return 'value' in address ? { value: text } : address
}

export const mailDomainName: Check<string> = (text) =>
  'value' in mailAddress(`any@${text}`)
    ? { value: text }
    : wrong('This is no domain that mail goes to.', 'Write one such as fax.example.org.')

/** ARNs of users, roles and their sessions, or the unique ids that IAM gives them. */
const PRINCIPAL =
  /^(arn:aws[a-z-]*:(iam|sts)::\d{12}:[A-Za-z0-9/_+=,.@-]+\*?|A[A-Z0-9]{15,127}(:[A-Za-z0-9_+=,.@-]*)?\*?)$/

export const principal: Check<string> = (text) =>
  PRINCIPAL.test(text)
    ? { value: text }
    : wrong(
        'This is no principal of IAM.',
        'Write arn:aws:iam::123456789012:role/NAME, or a unique id such as AROAEXAMPLEEXAMPLE00:*',
      )

export function wholeNumber(least: number, most: number): Check<number> {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : -1
    return value >= least && value <= most
      ? { value }
      : wrong(`This is a whole number from ${least} to ${most}.`, `Write ${least} or more.`)
  }
}

const LONGEST_RETRY_WAIT_HOURS = 12

export const retryWait: Check<number> = (text) => {
  const seconds = secondsOf(text, ['s', 'm', 'h'])
  return seconds !== undefined && seconds <= LONGEST_RETRY_WAIT_HOURS * 3600
    ? { value: seconds }
    : wrong(
        `This is a whole number with s, m or h behind it, at most ${LONGEST_RETRY_WAIT_HOURS}h.`,
        'Write 5m.',
      )
}
