import type { DeploymentNames } from './deployment-names.ts'
import { agentsOf, type DeployedTable } from './routing-table/deployed-table.ts'

/** The sites that have somebody who dials. */
export function transmitSites(table: DeployedTable): string[] {
  return table.sites.filter((site) => agentsOf(table, site).includes('edge'))
}

/** Names of all queues between the gateway and its sites. */
export function siteQueues(names: DeploymentNames, table: DeployedTable): string[] {
  return [
    ...table.sites.flatMap((site) => [names.print(site), names.reports(site)]),
    ...transmitSites(table).map(names.transmit),
  ]
}
