import * as z from 'zod'

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())

/** A statement of a policy. Strict: NotAction, NotResource and the like would be read as if they were not there. */
export const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: texts,
  Resource: texts,
  Condition: z
    .record(
      z.string(),
      z.record(z.string(), z.union([texts, z.boolean().transform((value) => [`${value}`])])),
    )
    .optional(),
})
export type Statement = z.infer<typeof statementSchema>

export const policyDocumentSchema = z.object({ Statement: z.array(statementSchema) })

/** What a call asks for, in IAM's terms. */
export interface AccessRequest {
  /** As s3:GetObject. */
  action: string
  /** ARN. */
  resource: string
  /** Condition keys, by their names in lower case: IAM tells no cases apart there. */
  context: Readonly<Record<string, string>>
}

/** The statement that decided, where one did: without any, a request is denied. */
export interface Decision {
  allowed: boolean
  statement?: Statement
}

/**
 * IAM's rule within one account: a Deny that matches decides, else an Allow that does, else it is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: readonly Statement[], request: AccessRequest): Decision {
  const matching = statements.filter((statement) => matches(statement, request))
  const denial = matching.find(({ Effect }) => Effect === 'Deny')
  if (denial !== undefined) return { allowed: false, statement: denial }
  const [statement] = matching
  return statement === undefined ? { allowed: false } : { allowed: true, statement }
}

function matches(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context }: AccessRequest,
): boolean {
  return (
    Action.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
    Resource.some((pattern) => fits(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, context[key.toLowerCase()])),
    )
  )
}

type Test = (wanted: string, value: string) => boolean

/** Of several wanted values one has to hold; a key that the request does not have makes all of these false. */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: fits,
  ArnEquals: fits,
  ArnLike: fits,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
}

function holds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  if (operator === 'Null') return wanted.some((absent) => (absent === 'true') === (value === undefined))
  const test = OPERATORS[operator]
  if (test === undefined) {
    const known = ['Null', ...Object.keys(OPERATORS)].join(', ')
    throw new Error(`The condition operator ${operator} is not known here; known are ${known}.`)
  }
  return value !== undefined && wanted.some((one) => test(one, value))
}

/** `*` is any characters, `?` is one. */
function fits(pattern: string, value: string): boolean {
  const expression = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : escaped(part)))
    .join('')
  return new RegExp(`^${expression}$`, 's').test(value)
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|+()[\]{}/-]/g, '\\$&')
}
