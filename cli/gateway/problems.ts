import { visible } from '../../shared/visible.ts'
import { CommandFailed } from '../subcommand.ts'
import type { Target } from './target.ts'

export class DeploymentMissing extends CommandFailed {
  constructor(deployment: string, region: string) {
    super(
      `there is no deployment ${visible(deployment)} in ${region}, or these credentials may not see it. Name another with --stack NAME, ` +
        'another region with AWS_REGION, or the gateway on this machine with --home DIR.',
    )
  }
}

/** What the SDK says of failures that an operator can mend, by the names of its errors. */
const ADVICE: Record<string, string> = {
  CredentialsProviderError:
    'there are no AWS credentials. Sign in (aws sso login), set AWS_PROFILE, or start a gateway on this machine with npm start.',
  ExpiredTokenException: 'the AWS credentials have expired. Sign in again (aws sso login).',
  ExpiredToken: 'the AWS credentials have expired. Sign in again (aws sso login).',
  InvalidClientTokenId: 'AWS does not know these credentials.',
  UnrecognizedClientException: 'AWS does not know these credentials.',
  ENOTFOUND: 'AWS can not be reached from here.',
  TimeoutError: 'there was no answer in time.',
}

/** An error of a call to the gateway in words for its operator; undefined for what is none that anybody could mend. */
export function problemInWords(error: unknown, target: Target): CommandFailed | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return new CommandFailed(refused(target))
  const advice = ADVICE[error.name] ?? ADVICE[code]
  if (advice !== undefined) return new CommandFailed(advice)
  if (/Region is missing/.test(error.message)) {
    return new CommandFailed('no AWS region is set. Set AWS_REGION, or a region in the profile.')
  }
  // AccessDenied, AccessDeniedException and the like name the action and the resource.
  if (/^AccessDenied|NotAuthorized/.test(error.name))
    return new CommandFailed(`AWS refuses: ${visible(error.message)}`)
  return undefined
}

function refused(target: Target): string {
  if ('local' in target)
    return `the gateway on this machine, state in ${visible(target.home)}, does not answer any more. Start it again: npm start.`
  return (
    `nothing answers where AWS should, for the deployment ${visible(target.deployment)}. Look at the proxy of this machine and at AWS_ENDPOINT_URL; ` +
    'the gateway on this machine is named with --home DIR.'
  )
}
