import * as z from 'zod'
import type { Assembly, Template } from './assembly.ts'
import { type Identity, identityOf, type Place } from './identities.ts'
import { resolveIntrinsics, type Scope } from './intrinsics.ts'

/** A resource whose properties can be read through a schema, with all intrinsic functions resolved. */
export interface ResolvedResource {
  type: string
  /** STACK/LOGICAL-ID, for errors. */
  address: string
  identity(): Identity
  /** Resolves the properties that `schema` names, and no others: the rest may hold what has no local meaning. */
  properties<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.infer<z.ZodObject<Shape>>
}

/** All resources of all stacks. Throws, at use, for what cannot be resolved; a reference across stacks goes by its export's name. */
export function resolveResources({ stacks }: Assembly, place: Place): ResolvedResource[] {
  const exports = new Map<string, () => string>()
  const resources = stacks.flatMap(({ name, template }) => stackResources({ name, template, exports, place }))
  return resources
}

interface StackContext {
  name: string
  template: Template
  /** Values of the outputs that any stack exports. */
  exports: Map<string, () => string>
  place: Place
}

function stackResources(stack: StackContext): ResolvedResource[] {
  const resources = new Map(
    Object.keys(stack.template.Resources).map((logicalId) => [logicalId, resource(logicalId)]),
  )

  function resource(logicalId: string): ResolvedResource {
    const { Type: type = '', Properties: raw = {} } = stack.template.Resources[logicalId] ?? {}
    const address = `${stack.name}/${logicalId}`
    const scope = scopeOf(stack, address, find)
    return {
      type,
      address,
      identity: () => {
        const nameOf = (property: string) =>
          fixedName(address, property, resolveIntrinsics(raw[property], scope))
        const identity = identityOf(type, nameOf, { place: stack.place, address })
        if (identity !== undefined) return identity
        throw new Error(
          `${address}: something refers to it that the local gateway needs, and it does not make a ${type}.`,
        )
      },
      properties(schema) {
        const picked = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, raw[key]]))
        const parsed = schema.safeParse(resolveIntrinsics(picked, scope))
        if (parsed.success) return parsed.data
        throw new Error(
          `${address} (${type}): the local gateway can't use it.\n${z.prettifyError(parsed.error)}`,
        )
      },
    }
  }

  function find(address: string, logicalId: string): Identity {
    const found = resources.get(logicalId)
    if (found !== undefined) return found.identity()
    throw new Error(
      `${address}: refers to ${logicalId}, which is no resource of ${stack.name} and no pseudo parameter.`,
    )
  }

  for (const [outputId, { Value, Export }] of Object.entries(stack.template.Outputs)) {
    if (Export === undefined) continue
    const scope = scopeOf(stack, `${stack.name}/${outputId}`, find)
    const exportName = String(resolveIntrinsics(Export.Name, scope))
    stack.exports.set(exportName, () => String(resolveIntrinsics(Value, scope)))
  }
  return [...resources.values()]
}

function scopeOf(
  { name, exports, place }: StackContext,
  where: string,
  find: (where: string, logicalId: string) => Identity,
): Scope {
  return {
    where,
    pseudoParameters: {
      'AWS::AccountId': place.accountId,
      'AWS::Region': place.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': URL_SUFFIX,
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${name}/local`,
    },
    ref: (logicalId) => find(where, logicalId).ref,
    attribute(logicalId, attribute) {
      const value = find(where, logicalId).attributes[attribute]
      if (value !== undefined) return value
      throw new Error(`${where}: the local gateway does not know the attribute ${attribute} of ${logicalId}.`)
    },
    importValue(exportName) {
      const value = exports.get(exportName)
      if (value !== undefined) return value()
      throw new Error(`${where}: imports ${exportName}, which no stack of the assembly exports.`)
    },
  }
}

const URL_SUFFIX = 'amazonaws.com'

/** A template may put the URL of a queue together by itself, as AWS forms it; here SQS listens elsewhere. */
export function toLocalEndpoint(text: string, { region, endpoint }: Place): string {
  return text.replace(`https://sqs.${region}.${URL_SUFFIX}/`, `${endpoint}/`)
}

function fixedName(address: string, property: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new Error(
    `${address}: has no ${property}. The local gateway makes only what the template gives a fixed name.`,
  )
}
