import type { Language } from '../../../shared/language.ts'

/** What stands in a mail besides the template's text. */
export interface MailWords {
  /** After what is missing of the fax. */
  askAgain: string
  duplicate: string
  linked: (megabytes: string, until: string) => string
}

export const MAIL_WORDS: Record<Language, MailWords> = {
  en: {
    askAgain: 'If in doubt, ask the sender to send it again.',
    duplicate:
      'You may have received this fax before: whether an earlier mail went out could not be found out.',
    linked: (megabytes, until) =>
      `The fax has ${megabytes} MB, which is too large for a mail. This link opens it until ${until}; whoever has the link can open it:`,
  },
  fr: {
    askAgain: 'En cas de doute, demandez à l’expéditeur de le renvoyer.',
    duplicate:
      'Vous avez peut-être déjà reçu ce fax : nous n’avons pas pu savoir si un premier message était parti.',
    linked: (megabytes, until) =>
      `Le fax fait ${megabytes.replace('.', ',')} Mo, ce qui est trop pour un message. Ce lien l’ouvre jusqu’au ${until} ; quiconque a le lien peut l’ouvrir :`,
  },
  de: {
    askAgain: 'Bitten Sie im Zweifel den Absender, es noch einmal zu senden.',
    duplicate:
      'Vielleicht haben Sie dieses Fax schon erhalten: Ob eine frühere Mail hinausging, ließ sich nicht feststellen.',
    linked: (megabytes, until) =>
      `Das Fax hat ${megabytes.replace('.', ',')} MB, zu viel für eine Mail. Dieser Link öffnet es bis ${until}; wer den Link hat, kann es öffnen:`,
  },
}
