import process from 'node:process'
import { soak } from '../test/soak/soak.ts'

/** So many that the agents' signs of life, a handful of calls at the start of a run, are far below one call a fax. */
const FAXES = 100
/** To mail and FTP: the fax that docs/cost.md has the price of. */
const NUMBERS = ['1']

/** Calls of a fax, agents' included; what is read is counted and has no goal. */
const GOALS = { 'S3 writes': 3, 'DynamoDB writes': 8, 'SQS calls': 8 } as const

/** Faxes a second through an undisturbed local gateway, and what each asks of AWS. Fails when a goal is missed. */
export async function benchGateway(): Promise<void> {
  const calls = new Map<string, number>()
  const onCall = ({ service, action }: { service: string; action: string }) => {
    const name = `${service} ${action}`
    calls.set(name, (calls.get(name) ?? 0) + 1)
  }
  const { seconds, sweep, arrived } = await soak({
    faxes: FAXES,
    numbers: NUMBERS,
    killEverySeconds: undefined,
    tell: () => {},
    onCall,
  })
  if (sweep.counts.delivered !== FAXES || arrived.wrong.length > 0)
    throw new Error('Not every fax was delivered.')
  const each = (...names: string[]) => names.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0) / FAXES
  // Empty polls are no fax's: a batch that was received is deleted in one call.
  const deletes = each('sqs DeleteMessageBatch', 'sqs DeleteMessage')
  const counted = {
    'S3 writes': each('s3 PUT'),
    'DynamoDB writes': each('dynamodb PutItem', 'dynamodb UpdateItem'),
    'SQS calls': each('sqs SendMessage') + 2 * deletes,
  }
  console.log(`${FAXES} faxes to mail and FTP: ${(FAXES / seconds).toFixed(1)} a second, end to end\n`)
  for (const [name, goal] of Object.entries(GOALS)) {
    const count = counted[name as keyof typeof GOALS]
    console.log(
      `${name.padEnd(16)} ${count.toFixed(2).padStart(6)} a fax, goal: at most ${goal}${Math.round(count) > goal ? '  MISSED' : ''}`,
    )
    if (Math.round(count) > goal) process.exitCode = 1
  }
  const reads = {
    'S3 reads': each('s3 GET', 's3 HEAD'),
    'DynamoDB reads': each('dynamodb GetItem', 'dynamodb Query'),
  }
  for (const [name, count] of Object.entries(reads))
    console.log(`${name.padEnd(16)} ${count.toFixed(2).padStart(6)} a fax`)
}
