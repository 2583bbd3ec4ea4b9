import { DEFAULT_PROFILE } from '../../shared/transmission/outbound-profile.ts'
import { visible } from '../../shared/visible.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { CommandFailed } from '../subcommand.ts'
import type { SendCommand } from './command-line.ts'

/** Whose PBX dials: the site that is named, or that of the section. Throws CommandFailed. */
export async function siteOf(
  { readTable }: Pick<Gateway, 'readTable'>,
  { site, request }: Pick<SendCommand, 'site' | 'request'>,
): Promise<string> {
  if (site !== undefined) return site
  const { outbound = [] } = await readTable()
  if (outbound.length === 0) {
    throw new CommandFailed(
      'the routing table has no section [outbound], so nobody can send; docs/sending.md shows one.',
    )
  }
  const name = request.outbound ?? DEFAULT_PROFILE
  const named = outbound.find((profile) => profile.name === name)
  const [only, ...others] = outbound
  if (named !== undefined) return named.site
  if (request.outbound === undefined && only !== undefined && others.length === 0) return only.site
  const known = outbound.map((profile) => profile.name).join(', ')
  throw new CommandFailed(
    request.outbound === undefined
      ? `the routing table has several sections; name one with --outbound: ${known}.`
      : `the routing table has no section [outbound_${visible(name)}]; there is ${known}.`,
  )
}
