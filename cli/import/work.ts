import type { ConfSection } from './conf-lines.ts'

/** What an import has to say of a place of XiVO's file. */
export interface Remark {
  /**
   * changed: written otherwise, with the same effect. broken: what XiVO got wrong there without a word. know: what will be different,
   * or is left to the admin.
   */
  kind: 'changed' | 'broken' | 'know'
  /** In XiVO's file, from 1; absent for what concerns all of it. */
  line?: number
  section?: string
  text: string
}

/** A password that left the file, for Secrets Manager. */
export interface Secret {
  name: string
  /** Of the backend that uses it. */
  section: string
  password: string
}

/** What the steps of an import share: the file under their hands, and where they say what they did. */
export interface Work {
  sections: ConfSection[]
  remarks: Remark[]
  secrets: Secret[]
}

export function remark(
  { remarks }: Work,
  kind: Remark['kind'],
  text: string,
  at: { section?: ConfSection; line?: number | undefined } = {},
): void {
  const line = at.line ?? at.section?.header?.number
  remarks.push({
    kind,
    ...(line === undefined ? {} : { line }),
    ...(at.section === undefined ? {} : { section: at.section.name }),
    text,
  })
}
