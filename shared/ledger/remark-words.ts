import type { Language } from '../language.ts'
import { markOf, type Remark, type RemarkMark } from './remarks.ts'

interface Words {
  /** In front of a subject or a title. */
  mark: Record<RemarkMark, string>
  colon: string
  brokeOff: string
  missing: (counted: number, found: number) => string
  breaksOff: (afterPage: number) => string
  unreadable: (pages: string, count: number) => string
  damaged: (rows: number, pages: string, count: number) => string
}

const WORDS: Record<Language, Words> = {
  en: {
    mark: { incomplete: 'Incomplete', 'broken-off': 'Call broke off', damaged: 'Damaged' },
    colon: ':',
    brokeOff: 'The call broke off, so pages may be missing at the end.',
    missing: (counted, found) =>
      `The receiving machine counted ${counted} ${counted === 1 ? 'page' : 'pages'}, of which ${found} came.`,
    breaksOff: (afterPage) => `The file breaks off after page ${afterPage}; what came after it is missing.`,
    unreadable: (pages, count) =>
      count === 1
        ? `Page ${pages} could not be read and is missing.`
        : `${count} pages could not be read and are missing: ${pages}.`,
    damaged: (rows, pages, count) =>
      `${rows === 1 ? '1 line is' : `${rows} lines are`} damaged and may not show what was sent, on ${count === 1 ? 'page' : 'pages'} ${pages}.`,
  },
  fr: {
    mark: { incomplete: 'Incomplet', 'broken-off': 'Appel interrompu', damaged: 'Endommagé' },
    colon: ' :',
    brokeOff: 'L’appel a été interrompu ; il peut donc manquer des pages à la fin.',
    missing: (counted, found) =>
      `L’appareil récepteur a compté ${counted} ${counted === 1 ? 'page' : 'pages'}, dont ${found} ${found === 1 ? 'est arrivée' : 'sont arrivées'}.`,
    breaksOff: (afterPage) => `Le fichier s’interrompt après la page ${afterPage} ; la suite manque.`,
    unreadable: (pages, count) =>
      count === 1
        ? `La page ${pages} n’a pas pu être lue et manque.`
        : `${count} pages n’ont pas pu être lues et manquent : ${pages}.`,
    damaged: (rows, pages, count) =>
      `${rows === 1 ? '1 ligne est endommagée et peut différer' : `${rows} lignes sont endommagées et peuvent différer`} de ce qui a été envoyé, ${count === 1 ? 'page' : 'pages'} ${pages}.`,
  },
  de: {
    mark: { incomplete: 'Unvollständig', 'broken-off': 'Anruf abgebrochen', damaged: 'Beschädigt' },
    colon: ':',
    brokeOff: 'Der Anruf brach ab, am Ende können also Seiten fehlen.',
    missing: (counted, found) =>
      `Das empfangende Gerät zählte ${counted} ${counted === 1 ? 'Seite' : 'Seiten'}, davon ${found === 1 ? 'kam' : 'kamen'} ${found}.`,
    breaksOff: (afterPage) => `Die Datei bricht nach Seite ${afterPage} ab; was danach kam, fehlt.`,
    unreadable: (pages, count) =>
      count === 1
        ? `Seite ${pages} war nicht lesbar und fehlt.`
        : `${count} Seiten waren nicht lesbar und fehlen: ${pages}.`,
    damaged: (rows, pages, count) =>
      `${rows === 1 ? '1 Zeile ist beschädigt und zeigt' : `${rows} Zeilen sind beschädigt und zeigen`} vielleicht nicht, was gesendet wurde, auf ${count === 1 ? 'Seite' : 'den Seiten'} ${pages}.`,
  },
}

/** A sentence for each remark, on one line; empty where there is none. */
export function remarksInWords(remarks: readonly Remark[], language: Language = 'en'): string {
  return remarks.map((remark) => inWords(remark, WORDS[language])).join(' ')
}

function inWords(remark: Remark, words: Words): string {
  switch (remark.remark) {
    case 'call-broke-off':
      return words.brokeOff
    case 'pages-missing':
      return words.missing(remark.counted, remark.found)
    case 'file-breaks-off':
      return words.breaksOff(remark.afterPage)
    case 'pages-unreadable':
      return words.unreadable(named(remark), remark.count)
    case 'rows-damaged':
      return words.damaged(remark.rows, named(remark), remark.count)
  }
}

function named({ pages, count }: { pages: readonly number[]; count: number }): string {
  return `${pages.join(', ')}${count > pages.length ? ', …' : ''}`
}

/** A subject or a title of a fax that is not whole says so first. */
export function marked(text: string, remarks: readonly Remark[], language: Language = 'en'): string {
  const mark = markOf(remarks)
  if (mark === undefined) return text
  const { mark: words, colon } = WORDS[language]
  return `${words[mark]}${colon} ${text}`.trimEnd()
}
