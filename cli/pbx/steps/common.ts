import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { MANAGER_USER, SECRET_COMMANDS } from '../channels/manager.ts'

/** What can't be generated: fields of web pages, and what the PBX has already. Each with the string to type. */
export interface Step {
  title: string
  lines: readonly string[]
}

export function modules(): Step {
  return {
    title: 'Look whether Asterisk has what it takes',
    lines: [
      'asterisk -rx "module show like fax"   has to show res_fax.so and res_fax_spandsp.so, or another fax technology',
      'asterisk -rx "module show like func_" has to show func_base64.so, func_env.so, func_strings.so, func_dialplan.so',
      'In /etc/asterisk/res_fax.conf, [general]: statusevents = yes   (how far a transmission has come)',
    ],
  }
}

/** The PBX writes into the spool itself, as its owner. */
export function ownedSpool(site: PbxSite): Step {
  return {
    title: 'Install the edge agent',
    lines: [
      settings(site),
      `${site.spool} has to belong to the user that Asterisk runs as: ls -ld ${site.spool}`,
    ],
  }
}

/** Faxes come in by faxlane-edge submit, run by a member of the spool's group. */
export function groupSpool(site: PbxSite): Step {
  return { title: 'Install the edge agent', lines: [settings(site)] }
}

function settings({ name, spool }: PbxSite): string {
  return `docs/agents.md. In /etc/faxlane/edge.conf: site = ${name} and spool = ${spool}`
}

export function hasTrunk({ trunks }: PbxSite, channel: 'pjsip' | 'sip' | 'dahdi'): boolean {
  return trunks.some((trunk) => trunk.channel === channel)
}

export function transmission(
  site: PbxSite,
  { include, dialContext }: { include: string; dialContext: string },
): Step[] {
  return [
    {
      title: 'Sending: the user of the edge agent',
      lines: [
        include,
        'In manager.conf, [general]: enabled = yes, bindaddr = 127.0.0.1',
        'Make the secret, as root:',
        ...SECRET_COMMANDS.map((command) => `  ${command}`),
        'Then: asterisk -rx "manager reload"; asterisk -rx "manager show user faxlane" has to show it',
        `In /etc/faxlane/edge.conf: ami_user = ${MANAGER_USER}`,
        `                           dial_context = ${dialContext}`,
        'Then: systemctl restart faxlane-edge; sudo -u faxlane-edge faxlane-edge check',
        `T.38 in a transmission needs a channel of SIP itself; by ${site.name}'s contexts it goes out as audio.`,
      ],
    },
  ]
}
