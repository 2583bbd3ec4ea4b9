import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { contextsOf, PRE_INCALL, PRE_OUTCALL } from '../dialplan/names.ts'
import { modules, ownedSpool, type Step, transmission } from './common.ts'

export function xivoSteps(site: PbxSite): Step[] {
  return [
    modules(),
    ownedSpool(site),
    {
      title: 'Put the files in place',
      lines: [
        'faxlane.conf and faxlane-hooks.conf go to /etc/asterisk/extensions_extra.d/. Then: asterisk -rx "dialplan reload"',
        'faxlane-hooks.conf uses the names xivo-subrgbl-did, xivo-subrgbl-user and xivo-subrgbl-outcall of /etc/xivo/asterisk/xivo_globals.conf.',
        'If you have contexts of these names already, leave that file out, and call from yours what it calls.',
      ],
    },
    ...reception(site),
    ...faxMachines(site),
    ...trunkOptions(site),
    ...analogueGateways(site),
    ...transmission(site, {
      include: 'manager_faxlane.conf goes to /etc/asterisk/manager.d/.',
      dialContext: 'default   (or the context that your users dial out by)',
    }),
  ]
}

function reception(site: PbxSite): Step[] {
  const { did } = contextsOf(site.name)
  return [
    {
      title: 'Incoming calls',
      lines: [
        'Numbers of the routing table: an incoming call with the number as DID is all that is needed; its destination is never reached,',
        'so the FaxToMail that stands there may stay.',
        `An incoming call whose number has no section ([dstnum_default]), and any where the hooks are left out: in its field`,
        `Preprocess subroutine write: ${did}`,
      ],
    },
  ]
}

function faxMachines({ lines }: PbxSite): Step[] {
  if (lines.length === 0) return []
  return [
    {
      title: 'Fax machines on lines',
      lines: [
        'Each needs an outgoing caller ID of its own: in the user of the line, Outgoing caller ID:',
        ...lines.map(({ name, number }) => `  [line_${name}]: ${number}`),
        `Where the hooks are left out: in the field Preprocess subroutine of each outgoing call rule ${PRE_OUTCALL}, and in that of these`,
        `incoming calls ${PRE_INCALL}:`,
        ...lines.map(({ did }) => `  ${did}`),
      ],
    },
  ]
}

const T38_OPTIONS = {
  sip: { on: 't38pt_udptl = yes,redundancy,maxdatagram=400', off: 't38pt_udptl = no' },
  pjsip: { on: 't38_udptl = yes, t38_udptl_ec = redundancy', off: 't38_udptl = no' },
} as const

function trunkOptions({ trunks }: PbxSite): Step[] {
  const options = trunks.flatMap(({ endpoint, channel, t38 }) =>
    channel === 'dahdi' ? [] : [`  ${endpoint}: ${T38_OPTIONS[channel][t38 === 'forbid' ? 'off' : 'on']}`],
  )
  if (options.length === 0) return []
  return [
    {
      title: 'T.38 of the trunks',
      lines: [
        'Trunk, tab Advanced (Wazo: the endpoint section of the trunk), among the options; with alaw or ulaw among the codecs:',
        ...options,
        ...(trunks.some(({ channel }) => channel === 'pjsip')
          ? [
              'PJSIP has no variable for the codec of a call that goes out: put alaw or ulaw first in the codecs of the fax machines, and',
              'Asterisk offers it first on the trunk as well.',
            ]
          : []),
      ],
    },
  ]
}

function analogueGateways({ gateways }: PbxSite): Step[] {
  if (gateways.length === 0) return []
  return [
    {
      title: 'Analogue gateways',
      lines: [
        'gateways/NAME.MODEL.tpl is a custom template of provd; gateways/NAME.xml is the same for a device that provd does not serve.',
        'Each says at its top where it goes.',
      ],
    },
  ]
}
