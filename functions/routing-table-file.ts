import { readFileSync } from 'node:fs'
import { type DeployedTable, deployedTableSchema } from '../shared/routing-table/deployed-table.ts'

/** The checked table lies beside the bundle of a function that asks it, put there by the deployment. */
export function readDeployedTable(): DeployedTable {
  const file = new URL('routing-table.json', import.meta.url)
  return deployedTableSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}
