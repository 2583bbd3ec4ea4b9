import { Arn, ArnFormat, Aws } from 'aws-cdk-lib'

/**
 * What a deployment's resources are called. Names are fixed and not left to CloudFormation: the two stacks know each other's
 * resources by name, with no export between them, so that a site or a backend can leave the routing table in one deployment.
 */
export interface Names {
  /** Prefix of all names below; also the namespace of the metrics. */
  deployment: string
  bucket: string
  ledger: string
  arrivals: string
  reports: string
  deliveries: (kind: string) => string
  /** The print queue of a site is this and the site's name. */
  printPrefix: string
  print: (site: string) => string
  /** The transmit queue of a site is this and the site's name. */
  transmitPrefix: string
  transmit: (site: string) => string
  /** A function of the gateway, by its short name. */
  function: (functionName: string) => string
  functionLog: (functionName: string) => string
  /** The log group of a log backend is this and the backend's name. */
  faxLogPrefix: string
  faxLog: (backend: string) => string
}

/** The stream of a fax log. One, since a line a fax is far below what a stream takes. */
export const FAX_LOG_STREAM = 'faxes'

export function namesOf(deployment: string): Names {
  const printPrefix = `${deployment}-print-`
  const transmitPrefix = `${deployment}-transmit-`
  const faxLogPrefix = `/${deployment}/faxes/`
  return {
    deployment,
    // Bucket names are shared with the whole world; account and region make this one ours.
    bucket: `${deployment}-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    ledger: `${deployment}-ledger`,
    arrivals: `${deployment}-arrivals`,
    reports: `${deployment}-reports`,
    deliveries: (kind) => `${deployment}-deliver-${kind}`,
    printPrefix,
    print: (site) => `${printPrefix}${site}`,
    transmitPrefix,
    transmit: (site) => `${transmitPrefix}${site}`,
    function: (functionName) => `${deployment}-${functionName}`,
    functionLog: (functionName) => `/${deployment}/functions/${functionName}`,
    faxLogPrefix,
    faxLog: (backend) => `${faxLogPrefix}${backend}`,
  }
}

export const deadLettersOf = (queue: string) => `${queue}-dead`

export const queueArn = (queue: string) => arn('sqs', queue)
export const queueUrl = (queue: string) =>
  `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/${queue}`
export const tableArn = (table: string) => arn('dynamodb', `table/${table}`)
export const bucketArn = (bucket: string) => `arn:${Aws.PARTITION}:s3:::${bucket}`
export const identityArn = (identity: string) => arn('ses', `identity/${identity}`)
export const logStreamArn = (group: string, stream: string) =>
  arn('logs', `log-group:${group}:log-stream:${stream}`)
/** Secrets Manager puts six characters of its own behind the name, which nobody knows beforehand. */
export const secretArn = (secret: string) => arn('secretsmanager', `secret:${secret}-??????`)
export const alarmArns = () => arn('cloudwatch', 'alarm:*')

function arn(service: string, resource: string): string {
  return Arn.format({
    partition: Aws.PARTITION,
    region: Aws.REGION,
    account: Aws.ACCOUNT_ID,
    service,
    resource,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  })
}
