/**
 * What a file's ending says of its fax. When S3 has confirmed it, `tif` becomes `taken` and then `facts` becomes `done`; `facts` becomes
 * `refused` when it can't go up. That last rename decides, and whatever was cut off behind it is finished from the names alone.
 */
export type Part = 'tif' | 'facts' | 'taken' | 'done' | 'refused'

export interface SpoolName {
  /** What TIFF and sidecar of one fax have in common. */
  stem: string
  part: Part
}

/** Undefined for a name that no dialplan of ours and no submission makes. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const [, stem, part] =
    /^([0-9A-Za-z][0-9A-Za-z._-]{0,180})\.(tif|facts|taken|done|refused)$/.exec(name) ?? []
  return stem === undefined || part === undefined ? undefined : { stem, part: part as Part }
}

const TEMPORARY_PREFIX = '.submitted-'

/**
 * What a submission is called until its sidecar has its own name, which is what makes it a fax; the TIFF gets its own from the
 * agent. Left alone until it is a day old: then nobody writes it any more.
 */
export const temporaryName = (stem: string, part: 'tif' | 'facts') => `${TEMPORARY_PREFIX}${stem}.${part}`
/** Of a submitted TIFF, the sidecar that makes it a fax. */
export const sidecarOfTemporary = (name: string) =>
  `${name.slice(TEMPORARY_PREFIX.length).replace(/\.tif$/, '')}.facts`
export const isTemporaryName = (name: string) => name.startsWith(TEMPORARY_PREFIX)

/** Folders inside the spool: renaming into them is one step, whereas another file system would need a copy. */
export const SENT_FOLDER = 'sent'
export const REFUSED_FOLDER = 'refused'
