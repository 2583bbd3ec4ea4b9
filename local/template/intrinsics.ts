import * as z from 'zod'

/** What the intrinsic functions of one stack's template can refer to. */
export interface Scope {
  /** Where the value stands, for errors. */
  where: string
  /** AWS::Region and the like. */
  pseudoParameters: Readonly<Record<string, string>>
  ref(logicalId: string): string
  attribute(logicalId: string, attribute: string): string
  importValue(exportName: string): string
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown

const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, scope) => reference(z.string().parse(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = z.tuple([z.string(), z.string()]).parse(argument)
    return scope.attribute(logicalId, attribute)
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = z.tuple([z.string(), z.unknown()]).parse(argument)
    return z.array(text).parse(resolveIntrinsics(parts, scope)).join(separator)
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = z.tuple([z.coerce.number().int(), z.unknown()]).parse(argument)
    const values = z.array(z.unknown()).parse(resolveIntrinsics(list, scope))
    if (index in values) return values[index]
    throw new Error(`Fn::Select takes element ${index} of ${values.length}`)
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = z.tuple([z.string(), z.unknown()]).parse(argument)
    return z.string().parse(resolveIntrinsics(source, scope)).split(separator)
  },
  'Fn::Sub': substitute,
  'Fn::ImportValue': (argument, scope) => scope.importValue(text.parse(resolveIntrinsics(argument, scope))),
}

/** A value of a template with every intrinsic function in it replaced by what it stands for. */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value
      .map((element) => resolveIntrinsics(element, scope))
      .filter((element) => element !== undefined)
  }
  if (typeof value !== 'object' || value === null) return value
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value)
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return apply(name, argument, scope)
  const resolved = Object.entries(value).map(([key, inner]) => [key, resolveIntrinsics(inner, scope)])
  return Object.fromEntries(resolved.filter(([, inner]) => inner !== undefined))
}

function apply(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = INTRINSICS[name]
  const written = JSON.stringify({ [name]: argument })
  if (intrinsic === undefined) {
    const known = Object.keys(INTRINSICS).join(', ')
    throw new Error(
      `${scope.where}: the local gateway does not know ${name} in ${written}. It knows ${known}.`,
    )
  }
  try {
    return intrinsic(argument, scope)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw new Error(`${scope.where}: ${written} is malformed.\n${z.prettifyError(error)}`)
  }
}

function reference(name: string, scope: Scope): string | undefined {
  if (name === 'AWS::NoValue') return undefined
  return scope.pseudoParameters[name] ?? scope.ref(name)
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] =
    typeof argument === 'string'
      ? [argument, {}]
      : z.tuple([z.string(), z.record(z.string(), z.unknown())]).parse(argument)
  return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    if (name in variables) return text.parse(resolveIntrinsics(variables[name], scope))
    const [logicalId = '', ...attribute] = name.split('.')
    if (attribute.length > 0) return scope.attribute(logicalId, attribute.join('.'))
    return reference(name, scope) ?? ''
  })
}
