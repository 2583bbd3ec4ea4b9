import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { type DeployedTable, deployedTableSchema } from '../../shared/routing-table/deployed-table.ts'
import type { Blueprint } from '../template/blueprint.ts'

/** What is what among the resources of a template, as far as somebody outside of the functions has to know. */
export interface Deployment {
  name: string
  bucket: string
  ledgerTable: string
  /** Name of each site's print queue. */
  printQueueNames: ReadonlyMap<string, string>
  /** The table that the bundle of `receive` routes by. */
  table: DeployedTable
  /** Its file. */
  tableFile: string
}

/** Names of functions begin with that of the deployment. */
const RECEIVE_ENDING = '-receive'

/** What `receive` is told: the one function that knows all of a fax's way. */
const receiveEnvironmentSchema = z.object({
  FAXES_BUCKET: z.string(),
  LEDGER_TABLE: z.string(),
  PRINT_QUEUE_PREFIX: z.string(),
})

export async function readDeployment({ functions }: Blueprint): Promise<Deployment> {
  const receive = functions.find(({ name }) => name.endsWith(RECEIVE_ENDING))
  if (receive === undefined)
    throw new Error('The template has no function receive: it is no gateway of faxlane.')
  const environment = receiveEnvironmentSchema.parse(receive.environment)
  const tableFile = join(receive.assetFolder, 'routing-table.json')
  const table = deployedTableSchema.parse(JSON.parse(await readFile(tableFile, 'utf8')))
  return {
    name: receive.name.slice(0, -RECEIVE_ENDING.length),
    bucket: environment.FAXES_BUCKET,
    ledgerTable: environment.LEDGER_TABLE,
    printQueueNames: new Map(table.sites.map((site) => [site, `${environment.PRINT_QUEUE_PREFIX}${site}`])),
    table,
    tableFile,
  }
}
