/**
 * What a deployment's resources are called. Names are fixed and not left to CloudFormation: the two stacks know each other's
 * resources by name, with no export between them, so that a site or a backend can leave the routing table in one deployment; and the
 * command of operators finds all of them by the deployment's name.
 */
export interface DeploymentNames {
  /** Prefix of all names below; also the namespace of the metrics. */
  deployment: string
  ledger: string
  arrivals: string
  /** Where S3 announces documents to be sent. */
  submissions: string
  /** Where SES tells of mails that are to be faxes. */
  mailIn: string
  /** Attempts at transmissions that wait for their time. */
  schedule: string
  /** Transmissions whose senders are to be told how they ended. */
  senderNotices: string
  dispatch: string
  /** The queue, and the topic that feeds it. */
  mailEvents: string
  notices: string
  configurationSet: string
  deliveries: (kind: string) => string
  /** The print queue of a site is this and the site's name. */
  printPrefix: string
  print: (site: string) => string
  /** The transmit queue of a site is this and the site's name. */
  transmitPrefix: string
  transmit: (site: string) => string
  /** The queue on which the agents of a site report is this and the site's name. */
  reportsPrefix: string
  reports: (site: string) => string
  /** A function of the gateway, by its short name. */
  function: (functionName: string) => string
  functionLog: (functionName: string) => string
  /** The log group of a log backend is this and the backend's name. */
  faxLogPrefix: string
  faxLog: (backend: string) => string
}

export function deploymentNames(deployment: string): DeploymentNames {
  const printPrefix = `${deployment}-print-`
  const transmitPrefix = `${deployment}-transmit-`
  const reportsPrefix = `${deployment}-reports-`
  const faxLogPrefix = `/${deployment}/faxes/`
  return {
    deployment,
    ledger: `${deployment}-ledger`,
    arrivals: `${deployment}-arrivals`,
    submissions: `${deployment}-submissions`,
    mailIn: `${deployment}-mail-in`,
    schedule: `${deployment}-schedule`,
    senderNotices: `${deployment}-sender-notices`,
    dispatch: `${deployment}-dispatch`,
    mailEvents: `${deployment}-mail-events`,
    notices: `${deployment}-notices`,
    configurationSet: deployment,
    deliveries: (kind) => `${deployment}-deliver-${kind}`,
    printPrefix,
    print: (site) => `${printPrefix}${site}`,
    transmitPrefix,
    transmit: (site) => `${transmitPrefix}${site}`,
    reportsPrefix,
    reports: (site) => `${reportsPrefix}${site}`,
    function: (functionName) => `${deployment}-${functionName}`,
    functionLog: (functionName) => `/${deployment}/functions/${functionName}`,
    faxLogPrefix,
    faxLog: (backend) => `${faxLogPrefix}${backend}`,
  }
}

/** Bucket names are shared with the whole world; account and region make this one ours. */
export function bucketNameOf(
  deployment: string,
  { account, region }: { account: string; region: string },
): string {
  return `${deployment}-${account}-${region}`
}

export const deadLettersOf = (queue: string) => `${queue}-dead`
