import type { Language } from '../../shared/language.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { remarksInWords } from '../../shared/ledger/remark-words.ts'
import type { NoticeCause } from '../../shared/routing-table/deployed-table.ts'

interface Words {
  unrouted: (number: string) => string
  noNumber: string
  missed: string
  pbxSays: (said: string) => string
  pbxSaysNothing: string
  /** The converter's own words are for who looks at the file, and are in the ledger. */
  refused: string
}

const WORDS: Record<Language, Words> = {
  en: {
    unrouted: (number) => `The routing table has no section [dstnum_${number}] and no [dstnum_default].`,
    noNumber: 'The PBX did not say which number was dialled.',
    missed: 'Somebody called, and no page was received.',
    pbxSays: (said) => `The PBX says: ${said}.`,
    pbxSaysNothing: 'The PBX did not say why.',
    refused: 'The file could not be converted.',
  },
  fr: {
    unrouted: (number) =>
      `La table de routage n’a ni section [dstnum_${number}] ni section [dstnum_default].`,
    noNumber: 'Le PBX n’a pas indiqué le numéro composé.',
    missed: 'Quelqu’un a appelé, et aucune page n’a été reçue.',
    pbxSays: (said) => `Réponse du PBX : « ${said} ».`,
    pbxSaysNothing: 'Le PBX n’en a pas donné la raison.',
    refused: 'Le fichier n’a pas pu être converti.',
  },
  de: {
    unrouted: (number) =>
      `Die Routing-Tabelle hat weder einen Abschnitt [dstnum_${number}] noch [dstnum_default].`,
    noNumber: 'Die Telefonanlage sagte nicht, welche Nummer gewählt wurde.',
    missed: 'Jemand rief an, und es kam keine Seite.',
    pbxSays: (said) => `Die Telefonanlage sagt: „${said}“.`,
    pbxSaysNothing: 'Die Telefonanlage sagte nicht, warum.',
    refused: 'Die Datei ließ sich nicht umwandeln.',
  },
}

/** Why a fax calls for somebody, in the operator's language; made of the facts of its record. */
export function reasonOfFax(
  cause: Exclude<NoticeCause, 'failed'>,
  { facts, reason, remarks = [] }: FaxRecord,
  language: Language,
): string {
  const words = WORDS[language]
  const { status, error, destination } = facts
  const said = [status, error].filter((part) => part !== undefined && part !== '').join(', ')
  switch (cause) {
    case 'damaged': {
      const brokeOff = remarks.some(({ remark }) => remark === 'call-broke-off')
      return [remarksInWords(remarks, language), ...(brokeOff ? [words.pbxSays(said)] : [])].join(' ')
    }
    case 'unrouted':
      return destination === undefined ? words.noNumber : words.unrouted(destination)
    case 'missed':
      return `${words.missed} ${said === '' ? words.pbxSaysNothing : words.pbxSays(said)}`
    case 'refused':
      return language === 'en' ? (reason ?? words.refused) : words.refused
  }
}
