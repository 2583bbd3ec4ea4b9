import { readFile } from 'node:fs/promises'
import { type DeployedTable, deployedTableSchema } from '../../shared/routing-table/deployed-table.ts'
import { CommandFailed } from '../subcommand.ts'
import { fileInZip } from './zip.ts'

const FILE = 'routing-table.json'
const LONGEST_DOWNLOAD_MILLISECONDS = 60_000

/** The table that lies beside the function's code: the very one that it routes by, after a roll-back as well. */
export async function readBundledTable(functionName: string): Promise<DeployedTable> {
  const { GetFunctionCommand, LambdaClient } = await import('@aws-sdk/client-lambda')
  const client = new LambdaClient({})
  try {
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName: functionName }))
    if (Code?.Location === undefined)
      throw new Error(`Lambda did not say where the code of ${functionName} is.`)
    const answer = await fetch(Code.Location, { signal: AbortSignal.timeout(LONGEST_DOWNLOAD_MILLISECONDS) })
    if (!answer.ok)
      throw new Error(`The code of ${functionName} could not be fetched: HTTP ${answer.status}.`)
    const file = fileInZip(new Uint8Array(await answer.arrayBuffer()), FILE)
    if (file === undefined) throw new Error(`The code of ${functionName} has no ${FILE} with it.`)
    return parse(file)
  } finally {
    client.destroy()
  }
}

export async function readTableFile(file: string): Promise<DeployedTable> {
  return parse(await readFile(file))
}

function parse(bytes: Uint8Array): DeployedTable {
  const parsed = deployedTableSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (parsed.success) return parsed.data
  throw new CommandFailed(
    'the deployed routing table is of another version than this command. Use the command of the version that was deployed.',
  )
}
