import { setTimeout as sleep } from 'node:timers/promises'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'

const LOOK_EVERY_MILLISECONDS = 500

/**
 * Waits until what was asked for has been begun and nothing of the fax is under way any more; answers the fax as it is then, or as it is
 * when the time is over.
 */
export async function followRetry(
  ledger: Pick<LedgerQueries, 'fax'>,
  before: FaxEntry,
  untilMilliseconds: number,
): Promise<FaxEntry> {
  for (;;) {
    const now = (await ledger.fax(before.fax.id)) ?? before
    if (hasChanged(before, now) && !isUnderWay(now)) return now
    if (Date.now() >= untilMilliseconds) return now
    await sleep(LOOK_EVERY_MILLISECONDS)
  }
}

function hasChanged(before: FaxEntry, now: FaxEntry): boolean {
  const revisions = ({ fax, deliveries }: FaxEntry) =>
    [fax, ...deliveries].reduce((sum, { revision }) => sum + revision + 1, 0)
  return revisions(now) !== revisions(before)
}

/** One that waits after an attempt may do so for hours: that is nothing to wait for here. */
function isUnderWay({ deliveries }: FaxEntry): boolean {
  return deliveries.some(
    ({ state, waitedSeconds }) => state === 'claimed' || (state === 'waiting' && waitedSeconds === 0),
  )
}
