import { bucketName, deploymentName, endpointUrl, folderPath, regionName, siteName } from './option-checks.ts'
import { type ConfigOf, mandatory, optional, withDefault } from './read-config.ts'

/** The options that both agents have. `stateFolder` is where the agent keeps what must survive a restart. */
export function commonOptions(stateFolder: string) {
  return {
    site: mandatory(siteName, 'site = NAME, as the routing table has it; main where it declares none.'),
    region: mandatory(regionName, 'region = eu-west-1, or wherever the gateway is deployed.'),
    bucket: mandatory(bucketName, 'bucket = NAME, which is the output FaxesBucket of the deployment.'),
    /** The name of the deployment, by which its queues are called. */
    name: withDefault(deploymentName, 'faxlane'),
    state_folder: withDefault(folderPath, stateFolder),
    /** Stands in for all of AWS: the local gateway, tests. */
    endpoint: optional(endpointUrl),
  } as const
}

export type CommonConfig = ConfigOf<ReturnType<typeof commonOptions>>

/** Names of the queues that the agents of a site use. */
export function queueNames({ name, site }: Pick<CommonConfig, 'name' | 'site'>) {
  return {
    print: `${name}-print-${site}`,
    transmit: `${name}-transmit-${site}`,
    reports: `${name}-reports-${site}`,
  } as const
}
