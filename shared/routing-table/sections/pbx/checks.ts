import { COUNTRIES, type Country } from '../../../transmission/numbering-plans.ts'
import { type Check, oneOf, wrong } from '../../checks.ts'
import { DIALLED_NUMBER } from '../number.ts'

/** What these checks let through stands in dialplan lines, file names and XML as it is. */
export const pbxName: Check<string> = (text) =>
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text)
    ? { value: text }
    : wrong(
        'A name on the PBX is letters, digits, dots, hyphens and underscores, at most 64.',
        'Write it as the PBX shows it, without the technology in front: provider, not PJSIP/provider.',
      )

export const pbxNumber: Check<string> = (text) => {
  if (DIALLED_NUMBER.test(text)) return { value: text }
  const bare = text.replaceAll(/[\s()./-]/g, '')
  const fix = DIALLED_NUMBER.test(bare) ? `Did you mean ${bare}?` : 'Write it without blanks: 0112345678.'
  return wrong('A number is digits, * and #, with or without a + in front, at most 32.', fix)
}

/** As everybody writes it; ISO 3166 has GB. */
const UNITED_KINGDOM = 'UK'

export const countryOfSite: Check<Country | 'other'> = (text) =>
  text === UNITED_KINGDOM
    ? { value: 'GB' }
    : oneOf<Country | 'other'>([...COUNTRIES, 'other'])(text.length === 2 ? text.toUpperCase() : text)

export const spoolFolder: Check<string> = (text) =>
  /^(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(text)
    ? { value: text }
    : wrong(
        'A spool is an absolute path of letters, digits, dots, hyphens and underscores.',
        'Write /var/spool/faxlane, or what the edge agent of the site has as spool.',
      )

/** T.30 has digits, + and blank; machines show letters as well. */
export const localStationId: Check<string> = (text) =>
  /^[0-9A-Za-z+ ._-]{1,20}$/.test(text)
    ? { value: text }
    : wrong(
        'A station ID is at most 20 digits, letters, blanks, +, dots, hyphens and underscores (T.30).',
        'Write the number: +33 1 12 34 56 78',
      )

/** What a dialplan would read as more than text is left out. */
export const pageHeader: Check<string> = (text) =>
  /^[0-9A-Za-z+ ._,:&/'@-]{1,50}$/.test(text)
    ? { value: text }
    : wrong(
        "A header is at most 50 letters of ASCII, digits, blanks and + . _ , : & / ' @ -",
        'Write the name of the company, and leave out what is not among these.',
      )

const MOST_SECONDS = 30

export const listenSeconds: Check<number> = (text) =>
  /^[1-9]\d?$/.test(text) && Number(text) <= MOST_SECONDS
    ? { value: Number(text) }
    : wrong(
        `This is a whole number of seconds from 1 to ${MOST_SECONDS}.`,
        'Write 4; a fax machine calls out every 3.5 seconds (T.30 4.2).',
      )

export const portNumber: Check<number> = (text) =>
  /^[1-9]\d?$/.test(text)
    ? { value: Number(text) }
    : wrong('A port of a gateway is a whole number.', 'Write 1 for the first.')

/** It stands in XML and in comments, and is shown: printable, and no more of it is asked. */
export const lineLabel: Check<string> = (text) =>
  Array.from(text).length <= 60 && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u.test(text)
    ? { value: text }
    : wrong('The name of a line is at most 60 printable characters.', 'Write a shorter one.')
