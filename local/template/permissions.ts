import * as z from 'zod'
import { policyDocumentSchema, type Statement } from '../aws/iam/policy.ts'
import type { ResolvedResource } from './resolver.ts'

const roleSchema = z.object({
  Policies: z.array(z.object({ PolicyDocument: policyDocumentSchema })).default([]),
})

/** The statements of each role's policies, by the role's ARN. */
export function permissionsOfRoles(roles: readonly ResolvedResource[]): ReadonlyMap<string, Statement[]> {
  return new Map(
    roles.map((role) => {
      const { Policies } = role.properties(roleSchema)
      const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      return [role.identity().attributes.Arn ?? '', statements]
    }),
  )
}

export function bucketDenials(policy: ResolvedResource): Statement[] {
  const { PolicyDocument } = policy.properties(z.object({ PolicyDocument: policyDocumentSchema }))
  return PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Deny')
}
