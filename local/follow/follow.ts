import { setTimeout as sleep } from 'node:timers/promises'
import type { Show } from '../show/events.ts'
import { changes, type FaxStory, hasEnded, type Where } from './changes.ts'

export interface FollowDependencies {
  readStory: (faxId: string) => Promise<FaxStory>
  where: Where
  fileOf: (key: string) => string
  show: Show
}

const LOOK_EVERY_MILLISECONDS = 40

/** Shows what happens to a fax, as it happens, until nothing more will. Ends early when `signal` is aborted. */
export async function followFax(
  dependencies: FollowDependencies,
  faxId: string,
  signal: AbortSignal,
): Promise<void> {
  const { readStory, where, fileOf, show } = dependencies
  let story: FaxStory = { deliveries: [] }
  while (!signal.aborted) {
    const next = inOrder(await readStory(faxId))
    for (const event of changes(story, next, where, fileOf)) show(event)
    if (hasEnded(next)) return
    story = next
    await sleep(LOOK_EVERY_MILLISECONDS)
  }
}

/** A delivery can end before `receive` has closed the fax it belongs to; a reader wants the fax first. */
function inOrder(story: FaxStory): FaxStory {
  return story.fax === undefined || story.fax.state === 'received' ? { ...story, deliveries: [] } : story
}
