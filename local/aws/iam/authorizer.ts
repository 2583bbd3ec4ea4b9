import { type AwsCall, awsCall } from '../aws-call.ts'
import { AwsError } from '../aws-error.ts'
import { type AskingCall, accessRequests } from './access-requests.ts'
import { type AccessRequest, decide, type Statement } from './policy.ts'

/** Somebody with keys and a role of their own. */
export interface Principal {
  name: string
  accessKeyId: string
  /** Of the role's policies. */
  statements: readonly Statement[]
}

/** A call, and what came of it: the statement that allowed it, where the caller is a principal. */
export interface Access extends AccessRequest {
  principal: string
  allowed: boolean
  sid?: string
}

interface AuthorizerOptions {
  accountId: string
  region: string
  /** Of the account's owner, who may do what no resource's policy denies. */
  accessKeyId: string
  onAccess?: (access: Access) => void
  onCall?: (call: AwsCall) => void
}

/** Who may do what: the owner of the account everything, a principal what its role's policies say. */
export class Authorizer {
  readonly #options: AuthorizerOptions
  readonly #principals = new Map<string, Principal>()
  readonly #resourceDenials: Statement[] = []

  constructor(options: AuthorizerOptions) {
    this.#options = options
  }

  admit(principal: Principal): void {
    this.#principals.set(principal.accessKeyId, principal)
  }

  /** What the policies of resources deny to everybody. What they allow is for services of AWS, which are not here. */
  denyToAll(statements: readonly Statement[]): void {
    this.#resourceDenials.push(...statements.filter(({ Effect }) => Effect === 'Deny'))
  }

  knows(accessKeyId: string): boolean {
    return accessKeyId === this.#options.accessKeyId || this.#principals.has(accessKeyId)
  }

  /** Throws AccessDenied in the words of AWS. */
  authorize(accessKeyId: string, service: string, call: AskingCall, body: Buffer): void {
    const principal = this.#principals.get(accessKeyId)
    const { onCall } = this.#options
    onCall?.(awsCall(principal?.name ?? 'owner', service, call, body))
    // Of the policies of resources, those of the bucket alone deny anything.
    if (principal === undefined && service !== 's3') return
    for (const alternatives of accessRequests(service, call, body, this.#options)) {
      const decisions = alternatives.map((request) => this.#decide(principal, request))
      const access = decisions.find(({ allowed }) => allowed) ?? decisions[0]
      if (access === undefined) continue
      this.#options.onAccess?.(access)
      if (!access.allowed) throw denied(access)
    }
  }

  #decide(principal: Principal | undefined, request: AccessRequest): Access {
    const byResource = decide(this.#resourceDenials, request)
    if (byResource.statement !== undefined)
      return { ...request, principal: principal?.name ?? 'owner', allowed: false }
    if (principal === undefined) return { ...request, principal: 'owner', allowed: true }
    const { allowed, statement } = decide(principal.statements, request)
    const { Sid: sid } = statement ?? {}
    return { ...request, principal: principal.name, allowed, ...(sid === undefined ? {} : { sid }) }
  }
}

function denied({ principal, action, resource }: Access): AwsError {
  return new AwsError(
    403,
    'AccessDenied',
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because no policy allows the ${action} action`,
  )
}
