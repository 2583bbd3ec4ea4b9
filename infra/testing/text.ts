/** A template's value as text, for comparing and reading: intrinsic functions written out, ARNs cut to service and resource. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isRecord(value)) return JSON.stringify(value)
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value
  if (typeof reference === 'string') return `<${reference}>`
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`
  if (Array.isArray(join) && Array.isArray(join[1]))
    return shortenArn(join[1].map(text).join(String(join[0])))
  return JSON.stringify(value)
}

/** One value or a list of them, as a list. */
export function list(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

const ARN = /^arn:<AWS::Partition>:([a-z0-9]+):(?:<AWS::Region>)?:(?:<AWS::AccountId>)?:/

function shortenArn(joined: string): string {
  return joined.replace(ARN, '$1 ').replaceAll('-<AWS::AccountId>-<AWS::Region>', '-ACCOUNT-REGION')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
