import type { Reading } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import { type ListEntry, openSection } from '../../section-reader.ts'
import { DETECT_OPTIONS, ownerOf } from '../option-names.ts'
import { listenSeconds, pbxNumber } from './checks.ts'

export interface Detection {
  numbers: readonly ListEntry<string>[]
  listenSeconds: number
}

/** Two calls of a fax machine (T.30 4.2: half a second of tone, three of silence) are sure to begin in it. */
const DEFAULT_SECONDS = 4

export const NO_DETECTION: Detection = { numbers: [], listenSeconds: DEFAULT_SECONDS }

/** Whose calls are listened to for a fax machine, beside the numbers that say `detect = yes`. */
export function readDetect(section: Section, reading: Reading): Detection {
  const options = openSection({ section, names: DETECT_OPTIONS, elsewhere: ownerOf }, reading)
  return {
    numbers: options.list('numbers', pbxNumber),
    listenSeconds: options.value('seconds', listenSeconds) ?? DEFAULT_SECONDS,
  }
}
