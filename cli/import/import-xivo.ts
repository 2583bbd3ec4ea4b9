import {
  explainFtp,
  explainLogs,
  normaliseConversion,
  removeStrayPasswords,
  renameBackends,
  replacePasswords,
  silenceUnknownSections,
} from './backends.ts'
import { asUtf8, type CarriedFile, carryBodies } from './bodies.ts'
import { readConf, writeConf } from './conf-lines.ts'
import { giveRecipients } from './give-recipients.ts'
import { keepLastOfEach, mergeSections } from './merge.ts'
import { cleanDestinations, explainOrder, silenceUndiallable } from './numbers.ts'
import { type Remark, remark, type Secret, type Work } from './work.ts'

export interface XivoFile {
  bytes: Uint8Array
  /** Who got the mails of a number, by number: in XiVO it stood at the incoming calls. */
  recipients: ReadonlyMap<string, readonly string[]>
  /** A file that the table names, by its path there; undefined where it can't be read. */
  readFile: (path: string) => Uint8Array | undefined
  /** What the names of secrets begin with. */
  secretPrefix: string
}

export interface Imported {
  /** The routing table. Whether it holds is for its reader to say. */
  text: string
  files: readonly CarriedFile[]
  secrets: readonly Secret[]
  remarks: readonly Remark[]
}

/** Brings a XiVO's file over: what had an effect there has it here, comments and order stay, and what was wrong is said. */
export function importXivo({ bytes, recipients, readFile, secretPrefix }: XivoFile): Imported {
  const { text, recoded } = asUtf8(bytes)
  const work: Work = { sections: readConf(text.replace(/^\uFEFF/, '')), remarks: [], secrets: [] }
  if (recoded)
    remark(work, 'changed', 'The file was not UTF-8: it was read as Windows-1252, and is UTF-8 now.')
  mergeSections(work)
  keepLastOfEach(work)
  removeStrayPasswords(work)
  silenceUnknownSections(work)
  silenceUndiallable(work)
  const renamed = renameBackends(work)
  replacePasswords(work, secretPrefix)
  normaliseConversion(work)
  explainLogs(work)
  explainFtp(work)
  cleanDestinations(work, renamed)
  explainOrder(work)
  giveRecipients(work, recipients)
  rememberPasswordsInComments(work)
  const files = carryBodies(work, readFile)
  return { text: writeConf(work.sections), files, secrets: work.secrets, remarks: byLine(work.remarks) }
}

/** Comments are kept as they are, and a table goes where passwords should not. */
function rememberPasswordsInComments(work: Work): void {
  for (const section of work.sections) {
    for (const { text, number } of section.lines) {
      if (!/^\s*[#;].*\bpass\w*\s*[=:]\s*\S/i.test(text)) continue
      remark(
        work,
        'know',
        'A comment seems to hold a password. It is kept: remove it before others read the file.',
        {
          section,
          line: number,
        },
      )
    }
  }
}

function byLine(remarks: readonly Remark[]): Remark[] {
  return [...remarks].sort((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity) || 0)
}
