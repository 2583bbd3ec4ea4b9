import type { Language } from '../../shared/language.ts'
import type { NoticeCause } from '../../shared/routing-table/deployed-table.ts'
import { parseNoticeTemplate } from '../../shared/routing-table/parse-template.ts'
import type { NoticeTemplate } from '../../shared/routing-table/template.ts'

interface Words {
  subject: Record<NoticeCause, string>
  what: Record<NoticeCause, string>
  /** In place of those of `failed`, where somebody asked for the delivery. */
  askedFor: { subject: string; what: string }
  /** The facts of one fax. */
  facts: string
  /** In place of the facts, where it is of several. */
  several: string
  /** For who wants to act. */
  todo: Record<NoticeCause, string>
  link: string
}

const WORDS: Record<Language, Words> = {
  en: {
    subject: {
      failed: 'Fax not delivered to %(backend)s (%(count)s)',
      unrouted: 'Fax for %(dstnum)s has nobody to go to (%(count)s)',
      damaged: 'Fax came in incomplete or damaged (%(count)s)',
      missed: 'Call without a fax from %(srcnum)s (%(count)s)',
      refused: 'File that is no fax (%(count)s)',
    },
    what: {
      failed: '%(backend)s was given up; what was said last: %(reason)s',
      unrouted: 'The routing table has no section for the number %(dstnum)s. The fax is kept.',
      damaged: 'A fax did not come in whole: %(reason)s Whoever it is delivered to is told so.',
      missed: '%(reason)s',
      refused: 'What came could not be converted, and is kept as it came: %(reason)s',
    },
    askedFor: {
      subject: 'Retry failed: fax not delivered to %(backend)s (%(count)s)',
      what: 'Somebody asked for this delivery, and %(backend)s was given up; what was said last: %(reason)s',
    },
    facts: 'Received: %(date)s %(time)s\nFrom: %(srcnum)s\nTo: %(dstnum)s\nPages: %(pages)s\nFax: %(faxid)s',
    several: 'It happened %(count)s times since the last notice. The first of them:\n%(list)s',
    todo: {
      failed:
        'All about it: faxlane show %(faxid)s\nTo try it again: faxlane retry %(faxid)s --backend %(backend)s',
      unrouted:
        'Add [dstnum_%(dstnum)s] or [dstnum_default] to the table and deploy; then: faxlane retry %(faxid)s',
      damaged: 'All about it: faxlane show %(faxid)s',
      missed: 'All about it: faxlane show %(faxid)s',
      refused: 'All about it: faxlane show %(faxid)s\nThe file: faxlane get %(faxid)s --tiff',
    },
    link: 'The fax as it was received; whoever has the link can open it:\n%(link)s',
  },
  fr: {
    subject: {
      failed: 'Fax non remis à %(backend)s (%(count)s)',
      unrouted: 'Fax sans destinataire pour le %(dstnum)s (%(count)s)',
      damaged: 'Fax reçu incomplet ou endommagé (%(count)s)',
      missed: 'Appel sans fax de %(srcnum)s (%(count)s)',
      refused: 'Fichier qui n’est pas un fax (%(count)s)',
    },
    what: {
      failed: 'La remise à %(backend)s a été abandonnée ; dernière réponse : %(reason)s',
      unrouted: 'La table de routage n’a pas de section pour le numéro %(dstnum)s. Le fax est conservé.',
      damaged: 'Un fax n’est pas arrivé entier : %(reason)s Ses destinataires en sont avertis.',
      missed: '%(reason)s',
      refused: 'Le fichier reçu n’a pas pu être converti ; il est conservé tel quel.',
    },
    askedFor: {
      subject: 'Nouvel essai sans succès : fax non remis à %(backend)s (%(count)s)',
      what: 'Cette remise à %(backend)s a été demandée, puis abandonnée ; dernière réponse : %(reason)s',
    },
    facts: 'Reçu : %(date)s %(time)s\nDe : %(srcnum)s\nPour : %(dstnum)s\nPages : %(pages)s\nFax : %(faxid)s',
    several: 'C’est arrivé %(count)s fois depuis le dernier avis. Les premiers cas :\n%(list)s',
    todo: {
      failed:
        'Tout savoir : faxlane show %(faxid)s\nRéessayer : faxlane retry %(faxid)s --backend %(backend)s',
      unrouted:
        'Ajoutez [dstnum_%(dstnum)s] ou [dstnum_default] à la table et déployez ; puis : faxlane retry %(faxid)s',
      damaged: 'Tout savoir : faxlane show %(faxid)s',
      missed: 'Tout savoir : faxlane show %(faxid)s',
      refused: 'Tout savoir : faxlane show %(faxid)s\nLe fichier : faxlane get %(faxid)s --tiff',
    },
    link: 'Le fax tel qu’il a été reçu ; quiconque a le lien peut l’ouvrir :\n%(link)s',
  },
  de: {
    subject: {
      failed: 'Fax nicht zugestellt an %(backend)s (%(count)s)',
      unrouted: 'Fax für %(dstnum)s hat keinen Empfänger (%(count)s)',
      damaged: 'Fax unvollständig oder beschädigt empfangen (%(count)s)',
      missed: 'Anruf ohne Fax von %(srcnum)s (%(count)s)',
      refused: 'Datei, die kein Fax ist (%(count)s)',
    },
    what: {
      failed: 'Die Zustellung an %(backend)s wurde aufgegeben; zuletzt hieß es: %(reason)s',
      unrouted: 'Die Routing-Tabelle hat keinen Abschnitt für die Nummer %(dstnum)s. Das Fax ist aufbewahrt.',
      damaged: 'Ein Fax kam nicht ganz an: %(reason)s Wem es zugestellt wird, dem wird das gesagt.',
      missed: '%(reason)s',
      refused: 'Was kam, ließ sich nicht umwandeln und ist so aufbewahrt, wie es kam.',
    },
    askedFor: {
      subject: 'Erneuter Versuch misslungen: Fax nicht zugestellt an %(backend)s (%(count)s)',
      what: 'Jemand hat diese Zustellung verlangt, und %(backend)s wurde aufgegeben; zuletzt hieß es: %(reason)s',
    },
    facts: 'Empfangen: %(date)s %(time)s\nVon: %(srcnum)s\nAn: %(dstnum)s\nSeiten: %(pages)s\nFax: %(faxid)s',
    several: 'Das geschah %(count)s Mal seit der letzten Nachricht. Die ersten Fälle:\n%(list)s',
    todo: {
      failed:
        'Alles darüber: faxlane show %(faxid)s\nErneut versuchen: faxlane retry %(faxid)s --backend %(backend)s',
      unrouted:
        'Ergänzen Sie [dstnum_%(dstnum)s] oder [dstnum_default] in der Tabelle und stellen Sie sie bereit; dann: faxlane retry %(faxid)s',
      damaged: 'Alles darüber: faxlane show %(faxid)s',
      missed: 'Alles darüber: faxlane show %(faxid)s',
      refused: 'Alles darüber: faxlane show %(faxid)s\nDie Datei: faxlane get %(faxid)s --tiff',
    },
    link: 'Das Fax, wie es empfangen wurde; wer den Link hat, kann es öffnen:\n%(link)s',
  },
}

/** The texts of a notice in the operator's language: of one event or of several, with a link or without. */
export function defaultText(
  language: Language,
  cause: NoticeCause,
  { several, linked, askedFor }: { several: boolean; linked: boolean; askedFor: boolean },
): { subject: NoticeTemplate; body: NoticeTemplate } {
  const words = WORDS[language]
  const { facts, several: ofSeveral, todo, link } = words
  const { subject, what } = askedFor
    ? words.askedFor
    : { subject: words.subject[cause], what: words.what[cause] }
  const paragraphs = [what, several ? ofSeveral : facts, todo[cause], ...(linked ? [link] : [])]
  return { subject: parsed(subject), body: parsed(`${paragraphs.join('\n\n')}\n`) }
}

function parsed(text: string): NoticeTemplate {
  const result = parseNoticeTemplate(text)
  if ('template' in result) return result.template
  throw new Error(
    `A text of our own does not hold: ${result.problems.map(({ problem }) => problem).join(' ')}`,
  )
}
