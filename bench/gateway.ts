import process from 'node:process'
import type { AwsCall } from '../local/aws/aws-call.ts'
import { soak } from '../test/soak/soak.ts'

const FAXES = 60

/** A fax with two backends, each of a kind that docs/cost.md has the price of. */
interface Kind {
  what: string
  /** Of test/routing-tables/soak.conf. */
  number: string
  goals: Record<keyof ReturnType<typeof count>, number>
}

const GOALS = { 'S3 writes': 3, 'DynamoDB writes': 8, 'SQS calls': 8 }
const KINDS: readonly Kind[] = [
  { what: 'mail and FTP', number: '1', goals: GOALS },
  { what: 'mail and log', number: '2', goals: GOALS },
  // A job and a report about it are six calls, where a delivery by a function is three: docs/cost.md says why it stays so.
  { what: 'printer and mail', number: '4', goals: { ...GOALS, 'SQS calls': 11 } },
]

/** Faxes a second through an undisturbed local gateway, and what each asks of AWS, agents' calls included. Fails when a goal is missed. */
export async function benchGateway(): Promise<void> {
  for (const kind of KINDS) await benchKind(kind)
}

async function benchKind({ what, number, goals }: Kind): Promise<void> {
  const calls = new Map<string, number>()
  const { seconds, sweep, arrived } = await soak({
    faxes: FAXES,
    numbers: [number],
    killEverySeconds: undefined,
    tell: () => {},
    onCall: (call) => calls.set(nameOf(call), (calls.get(nameOf(call)) ?? 0) + 1),
  })
  if (sweep.counts.delivered !== FAXES || arrived.wrong.length > 0)
    throw new Error('Not every fax was delivered.')
  console.log(`${FAXES} faxes to ${what}: ${(FAXES / seconds).toFixed(1)} a second, end to end\n`)
  const billed = withReceives(calls)
  for (const [name, calls] of [...billed].sort()) console.log(`${figure(calls)}  ${name}`)
  console.log()
  for (const [name, calls] of Object.entries(count(billed))) {
    const goal = goals[name as keyof typeof goals]
    // A call in a hundred is the first one of a process, such as the look-up of a queue.
    const isMissed = calls / FAXES > goal + 0.1
    console.log(`${figure(calls)}  ${name}, at most ${goal}${isMissed ? '  MISSED' : ''}`)
    if (isMissed) process.exitCode = 1
  }
  console.log()
}

const nameOf = ({ caller, service, action, place }: AwsCall) => `${caller} ${service} ${action} ${place}`
const figure = (calls: number) => (calls / FAXES).toFixed(2).padStart(8)

/**
 * Polls that come back empty are no fax's, they cost the same each month: a batch that was received is deleted in one call, so there was a
 * receive for each delete.
 */
function withReceives(calls: ReadonlyMap<string, number>): Map<string, number> {
  const billed = new Map([...calls].filter(([name]) => !name.includes(' ReceiveMessage ')))
  for (const [name, times] of billed)
    if (name.includes(' DeleteMessage'))
      billed.set(name.replace(/DeleteMessage(Batch)?/, 'ReceiveMessage'), times)
  return billed
}

function count(billed: ReadonlyMap<string, number>) {
  const sum = (pattern: RegExp) =>
    [...billed].reduce((total, [name, times]) => total + (pattern.test(name) ? times : 0), 0)
  return {
    'S3 writes': sum(/ s3 PUT /),
    'DynamoDB writes': sum(/ dynamodb (Put|Update|Delete)Item/),
    'SQS calls': sum(/ sqs /),
  }
}
