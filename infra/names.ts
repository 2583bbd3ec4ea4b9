import { Arn, ArnFormat, Aws } from 'aws-cdk-lib'
import { bucketNameOf, type DeploymentNames, deploymentNames } from '../shared/deployment-names.ts'

/** As {@link DeploymentNames}, with what holds account and region. */
export interface Names extends DeploymentNames {
  bucket: string
  /** ARN of the key that the deployment was given; undefined: AWS's own keys. */
  encryptionKey: string | undefined
}

/** The stream of a fax log. One, since a line a fax is far below what a stream takes. */
export const FAX_LOG_STREAM = 'faxes'

export function namesOf(deployment: string, encryptionKey?: string): Names {
  const bucket = bucketNameOf(deployment, { account: Aws.ACCOUNT_ID, region: Aws.REGION })
  return { ...deploymentNames(deployment), bucket, encryptionKey }
}

export const queueArn = (queue: string) => arn('sqs', queue)
export const queueUrl = (queue: string) =>
  `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/${queue}`
export const tableArn = (table: string) => arn('dynamodb', `table/${table}`)
export const bucketArn = (bucket: string) => `arn:${Aws.PARTITION}:s3:::${bucket}`
export const identityArn = (identity: string) => arn('ses', `identity/${identity}`)
export const configurationSetArn = (name: string) => arn('ses', `configuration-set/${name}`)
export const receiptRuleArn = (ruleSet: string, rule: string) =>
  arn('ses', `receipt-rule-set/${ruleSet}:receipt-rule/${rule}`)
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
