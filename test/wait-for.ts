import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until there is an answer. The test's own time limit ends it. */
export async function waitFor<Answer>(
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(50)
  }
}
