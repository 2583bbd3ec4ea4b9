import * as z from 'zod'
import { gatewayApp } from '../infra/testing/synthesize.ts'
import { policyDocumentSchema, type Statement } from '../local/aws/iam/policy.ts'
import { ACCOUNT, REGION } from '../local/aws/testing.ts'
import { readAssembly } from '../local/template/assembly.ts'
import { bucketDenials } from '../local/template/permissions.ts'
import { resolveResources } from '../local/template/resolver.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'

/** The roles of the deployment, by what they are for, and what its bucket denies to everybody. */
export async function readRoles(
  table: DeployedTable,
): Promise<{ roles: Map<string, Statement[]>; denials: Statement[] }> {
  const assembly = await readAssembly(gatewayApp({ table }).synth().directory)
  const place = {
    accountId: ACCOUNT,
    region: REGION,
    endpoint: 'http://127.0.0.1:1',
    functionUrl: () => 'http://127.0.0.1:1/',
  }
  const resources = resolveResources(assembly, place)
  const roleSchema = z.object({
    Description: z.string(),
    Policies: z.array(z.object({ PolicyDocument: policyDocumentSchema })),
  })
  const roles = resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((role): [string, Statement[]] => {
      const { Description, Policies } = role.properties(roleSchema)
      const name = Description.replace(/^What (the )?(.*) may do$/, '$2').replace('faxlane-', '')
      return [name, Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)]
    })
  const denials = resources.filter(({ type }) => type === 'AWS::S3::BucketPolicy').flatMap(bucketDenials)
  return { roles: new Map(roles), denials }
}
