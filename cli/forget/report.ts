import { visible } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import type { Known } from './what-is-known.ts'

/** What was removed, or would be. Its fields are the JSON that is printed, so they are part of the interface. */
export interface ForgetReport {
  /** Which one, in words. */
  gateway: string
  number: string
  done: boolean
  receptions: number
  transmissions: number
  /** What the number was in them. */
  roles: Roles
  objectVersions: number
  underWay: string[]
  /** Faxes that stay without --own. */
  receivedOnIt: number
  /** What others have of these faxes, by backend. */
  outOfReach: Record<string, number>
  /** Messages that may have the number in them. */
  deadLetters: number
}

interface Roles {
  from: number
  sentTo: number
  receivedOn: number
  sentFrom: number
}

export function rolesOf({ receptions, transmissions }: Known): Roles {
  return {
    from: receptions.filter(({ role }) => role.caller).length,
    sentTo: transmissions.filter(({ role }) => role.called).length,
    receivedOn: receptions.filter(({ role }) => role.called).length,
    sentFrom: transmissions.filter(({ role }) => role.caller).length,
  }
}

export function describe(report: ForgetReport): string {
  const { number, done, roles, objectVersions, underWay, receivedOnIt, deadLetters } = report
  const { from, sentTo, receivedOn, sentFrom } = roles
  const ours =
    receivedOn + sentFrom === 0 ? '' : `, ${receivedOn} received on it and ${sentFrom} sent from it`
  const faxes = `${count(from, 'fax', 'faxes')} from ${visible(number)} and ${sentTo} to it${ours}`
  const backends = Object.entries(report.outOfReach)
  return [
    `Of ${visible(report.gateway)}.`,
    done
      ? `Forgotten: ${faxes}; ${count(objectVersions, 'file or version', 'files and versions')} removed.`
      : `Would be forgotten: ${faxes}. With --yes they are.`,
    ...underWay.map((id) => `Still under way, and not forgotten: ${id}`),
    ...(receivedOnIt === 0
      ? []
      : [
          `${count(receivedOnIt, 'fax was', 'faxes were')} received on this number: they stay, but with --own.`,
        ]),
    ...(backends.length === 0 ? [] : ['Out of reach, at the backends that these were delivered to:']),
    ...backends.map(([backend, faxes]) => `  ${visible(backend)}: ${count(faxes, 'fax', 'faxes')}`),
    ...(deadLetters === 0
      ? []
      : [
          `${count(deadLetters, 'dead letter')} may hold the number, for 14 days: faxlane redrive --dry-run shows them.`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
