import type { Facts } from '../../shared/facts.ts'
import { parseSidecar, timeOfEpoch } from './sidecar.ts'

/** A file of the spool and for how long nobody touched it. */
export interface SpoolFile {
  sizeBytes: number
  modifiedAt: Date
  /** By the wall clock, which somebody may have set in between. */
  idleMilliseconds: number
  /** How long this process has seen it as it is, by a clock that nobody sets. */
  watchedMilliseconds: number
}

/** What lies in the spool under one name. */
export interface SpoolEntry {
  stem: string
  tiff: SpoolFile | undefined
  sidecar: (SpoolFile & { text: string }) | undefined
}

export interface ReadyFax {
  facts: Facts
  /** No TIFF came: the record of the call goes up alone. */
  withoutTiff: boolean
  /** Why it goes up without what belongs to it, for the log. */
  remarks: string[]
}

/** A page may take minutes on a bad line, and between two of them nobody writes. */
const LONGEST_PAGE_MILLISECONDS = 300_000

/**
 * Whether a fax can go up. Who only watches a folder can't tell a finished TIFF from one between two pages; the sidecar's last
 * line says it, and it is written after the TIFF was closed. Whatever lacks its other half, or its last line, goes up with
 * what there is once nobody has touched it for `orphanMilliseconds`.
 */
export function judge(entry: SpoolEntry, orphanMilliseconds: number): ReadyFax | undefined {
  const { stem, tiff, sidecar } = entry
  const abandoned = [tiff, sidecar].every((file) => file === undefined || isIdle(file, orphanMilliseconds))
  const touchedAt = sidecar?.modifiedAt ?? tiff?.modifiedAt
  if (touchedAt === undefined) return undefined
  const { facts, finished, oddities } = parseSidecar(sidecar?.text ?? '')
  const remarks = oddities.map((oddity) => `sidecar: ${oddity}`)
  if (sidecar === undefined) remarks.push('no sidecar came with it')
  else if (!finished) remarks.push('its sidecar has no last line')
  if (tiff === undefined && facts.status !== 'FAILED') remarks.push('no TIFF came with it')
  // Failed without a TIFF is a whole story: Asterisk deletes a TIFF that got no page before the hangup handler runs.
  const complete = finished && (tiff !== undefined || facts.status === 'FAILED')
  if (!complete && !abandoned) return undefined
  return {
    facts: {
      ...facts,
      callId: facts.callId ?? stem,
      receivedAt: facts.receivedAt ?? timeInName(stem) ?? touchedAt.toISOString(),
    },
    withoutTiff: tiff === undefined,
    remarks,
  }
}

function isIdle({ idleMilliseconds, watchedMilliseconds }: SpoolFile, limitMilliseconds: number): boolean {
  if (watchedMilliseconds >= limitMilliseconds) return true
  // A clock that jumped ahead makes every file old, also the one that a call writes at this moment.
  const watchedEnough = watchedMilliseconds >= Math.min(limitMilliseconds, LONGEST_PAGE_MILLISECONDS)
  return idleMilliseconds >= limitMilliseconds && watchedEnough
}

/** From `${EPOCH}-${UNIQUEID}`. It stays when a spool is copied or restored, where a file's own times may not. */
function timeInName(stem: string): string | undefined {
  return timeOfEpoch(/^(\d+)-/.exec(stem)?.[1] ?? '')
}
