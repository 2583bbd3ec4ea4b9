import { RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { type Names, secretArn } from './names.ts'

const isArn = (secret: string) => secret.startsWith('arn:')

/** What `password_secret` says in the table, each once: names and ARNs. */
function passwordSecrets({ backends }: DeployedTable): string[] {
  const secrets = backends.flatMap((backend) => (backend.kind === 'ftp' ? [backend.passwordSecret] : []))
  return [...new Set(secrets)].sort()
}

/**
 * As IAM names them. Those under the deployment's own name are read whether the table has them or not: a delivery under way may be to a server that
 * has left the table.
 */
export function passwordSecretArns({ deployment }: Names, table: DeployedTable): string[] {
  const own = `${deployment}/`
  const others = passwordSecrets(table).filter((secret) => !secret.startsWith(own))
  return [secretArn(`${own}*`), ...others.map((secret) => (isArn(secret) ? secret : secretArn(secret)))]
}

/**
 * A secret for each name that the table gives, without a value: the value is put in by hand, and never stands in a template. One that
 * the table gives as ARN is there already.
 */
export function ftpSecrets(stack: Stack, { encryptionKey }: Names, table: DeployedTable): CfnSecret[] {
  // A level of their own gives logical ids a hash: without, ftp_x and ftpx would be the same.
  const scope = new Construct(stack, 'FtpSecrets')
  return passwordSecrets(table)
    .filter((secret) => !isArn(secret))
    .map((name) => {
      // CDK's Secret would generate a value, and FTP servers know no generated passwords.
      const secret = new CfnSecret(scope, name.replaceAll('/', '|'), {
        name,
        description: 'Password of an FTP server that faxes are delivered to',
        ...(encryptionKey === undefined ? {} : { kmsKeyId: encryptionKey }),
      })
      secret.applyRemovalPolicy(RemovalPolicy.RETAIN)
      return secret
    })
}
