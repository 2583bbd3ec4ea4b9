import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import type { PbxTable } from '../../shared/routing-table/pbx-table.ts'
import { DEFAULT_TABLE_FILE, loadTables } from '../table-file.ts'
import { wrongUsage } from '../words.ts'

export const DEPLOYED_OPTION = { deployed: { type: 'boolean', default: false } } as const

interface TableChoice {
  file?: string | undefined
  deployed: boolean
  stack?: string | undefined
  home?: string | undefined
}

export interface NamedTable {
  table: DeployedTable
  /** Which one it is, in words. */
  source: string
  /** What the file says for the PBXs. Absent: a deployed table has nothing of it. */
  pbx?: PbxTable
}

/** The table of a file, or the one that a gateway routes by. Throws WrongUsage for both at once. */
export async function readTableOf(subcommand: string, choice: TableChoice): Promise<NamedTable> {
  const { file, deployed, stack, home } = choice
  const isDeployed = deployed || stack !== undefined || home !== undefined
  if (isDeployed && file !== undefined) {
    throw wrongUsage(subcommand, 'a file is named, and a gateway as well: one of them has the table')
  }
  if (isDeployed) return readDeployedTable(subcommand, { stack, home })
  const source = file ?? DEFAULT_TABLE_FILE
  return { ...loadTables(source), source }
}

/** The table that a gateway routes by now. */
export async function readDeployedTable(
  subcommand: string,
  choice: Pick<TableChoice, 'stack' | 'home'>,
): Promise<NamedTable> {
  // Loaded here, so that what a file answers needs no SDK.
  const { withGateway } = await import('./with-gateway.ts')
  return withGateway(subcommand, choice, async ({ readTable, title }) => ({
    table: await readTable(),
    source: `deployed, ${title}`,
  }))
}
