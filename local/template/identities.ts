/** What is not in the template: the account that the local gateway plays, and where its servers listen. */
export interface Place {
  accountId: string
  region: string
  /** The stand-in's, for all services but DynamoDB. */
  endpoint: string
  /** Where the URL of a function leads, with a slash at its end. */
  functionUrl(functionName: string): string
}

/** What Ref and Fn::GetAtt give for a resource. */
export interface Identity {
  ref: string
  attributes: Readonly<Record<string, string>>
}

/** How a property that names the resource resolves: undefined when the template leaves it out. */
type NameOf = (property: string) => string

type Identify = (nameOf: NameOf, place: Place, address: string) => Identity

/** Each type that is made locally. Names have to be fixed in the template: CloudFormation's invented ones differ from run to run. */
const IDENTITIES: Record<string, Identify> = {
  'AWS::S3::Bucket': (nameOf) => {
    const name = nameOf('BucketName')
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }
  },
  'AWS::SQS::Queue': (nameOf, place) => {
    const name = nameOf('QueueName')
    const url = `${place.endpoint}/${place.accountId}/${name}`
    return { ref: url, attributes: { Arn: arn(place, 'sqs', name), QueueName: name, QueueUrl: url } }
  },
  'AWS::DynamoDB::Table': (nameOf, place) => {
    const name = nameOf('TableName')
    return { ref: name, attributes: { Arn: arn(place, 'dynamodb', `table/${name}`) } }
  },
  'AWS::SecretsManager::Secret': (nameOf, place) => {
    const secretArn = arn(place, 'secretsmanager', `secret:${nameOf('Name')}`)
    return { ref: secretArn, attributes: { Id: secretArn } }
  },
  'AWS::Logs::LogGroup': (nameOf, place) => {
    const name = nameOf('LogGroupName')
    return { ref: name, attributes: { Arn: arn(place, 'logs', `log-group:${name}:*`) } }
  },
  'AWS::Logs::LogStream': (nameOf) => ({ ref: nameOf('LogStreamName'), attributes: {} }),
  'AWS::Lambda::Function': (nameOf, place) => {
    const name = nameOf('FunctionName')
    return { ref: name, attributes: { Arn: arn(place, 'lambda', `function:${name}`) } }
  },
  'AWS::Lambda::Url': (nameOf, place) => {
    const functionArn = nameOf('TargetFunctionArn')
    const url = place.functionUrl(functionNameOf(functionArn))
    return { ref: functionArn, attributes: { FunctionArn: functionArn, FunctionUrl: url } }
  },
  // Nobody calls a role by its name, so CloudFormation may invent it.
  'AWS::IAM::Role': (_, { accountId }, address) => {
    return { ref: address, attributes: { Arn: `arn:aws:iam::${accountId}:role/${address}` } }
  },
  'AWS::S3::BucketPolicy': (_, __, address) => ({ ref: address, attributes: {} }),
  'AWS::Lambda::EventSourceMapping': () => ({ ref: 'local', attributes: {} }),
}

export const LOCAL_TYPES: ReadonlySet<string> = new Set(Object.keys(IDENTITIES))

/** Undefined for a type that is not made locally. */
export function identityOf(
  type: string,
  nameOf: NameOf,
  { place, address }: { place: Place; address: string },
): Identity | undefined {
  return IDENTITIES[type]?.(nameOf, place, address)
}

/** Of a function's ARN or of its bare name. */
export function functionNameOf(nameOrArn: string): string {
  return nameOrArn.split(':').at(-1) ?? nameOrArn
}

/** Of a queue's ARN. */
export function queueNameOf(queueArn: string): string {
  return queueArn.split(':').at(-1) ?? queueArn
}

function arn({ region, accountId }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`
}
