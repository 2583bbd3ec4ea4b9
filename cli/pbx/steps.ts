import type { PbxKind, PbxSite } from '../../shared/routing-table/pbx-table.ts'
import { MANAGER_USER, SECRET_COMMANDS } from './channels/manager.ts'
import { contextsOf, OFFER_OPTION, PRE_INCALL, PRE_OUTCALL } from './dialplan/names.ts'
import { speaks } from './dialplan/technology.ts'

/** What can't be generated: fields of web pages, and what the PBX has already. Each with the string to type. */
export interface Step {
  title: string
  lines: readonly string[]
}

export const STEPS_FILE = 'STEPS.txt'

export function stepsText(site: PbxSite, kind: PbxKind): string {
  const steps = STEPS_OF[kind](site)
  const blocks = steps.map(({ title, lines }, index) =>
    [`${index + 1}. ${title}`, ...lines.map((line) => `   ${line}`)]
      .map((line) => `${line.trimEnd()}\n`)
      .join(''),
  )
  return [
    `faxlane on the PBX of the site ${site.name} (${PBX_NAMES[kind]}): what is to be done by hand, once.\n`,
    'Each file beside this one says at its top where it goes and how it is reloaded. docs/pbx.md has it with explanations.\n',
    '\n',
    blocks.join('\n'),
  ].join('')
}

export const PBX_NAMES: Record<PbxKind, string> = {
  asterisk: 'Asterisk',
  xivo: 'XiVO or Wazo',
  freepbx: 'FreePBX',
  hylafax: 'HylaFAX',
  freeswitch: 'FreeSWITCH',
}

const STEPS_OF: Record<PbxKind, (site: PbxSite) => Step[]> = {
  asterisk: (site) => [
    modules(),
    spool(site),
    {
      title: 'Put the files in place',
      lines: [
        'Add to /etc/asterisk/extensions.conf: #include extensions_faxlane.conf',
        ...channelIncludes(site),
      ],
    },
    ...asteriskReception(site),
    ...asteriskLines(site),
    ...asteriskDetection(site),
    ...transmission(site, {
      include: 'Add to /etc/asterisk/manager.conf: #include manager_faxlane.conf',
      dialContext:
        site.trunks.length > 0 ? contextsOf(site.name).out : 'the context that your users dial out by',
    }),
  ],
  xivo: (site) => [
    modules(),
    spool(site),
    {
      title: 'Put the files in place',
      lines: [
        'faxlane.conf and faxlane-hooks.conf go to /etc/asterisk/extensions_extra.d/. Then: asterisk -rx "dialplan reload"',
        'faxlane-hooks.conf uses the names xivo-subrgbl-did, xivo-subrgbl-user and xivo-subrgbl-outcall of /etc/xivo/asterisk/xivo_globals.conf.',
        'If you have contexts of these names already, leave that file out, and call from yours what it calls.',
      ],
    },
    ...xivoReception(site),
    ...xivoLines(site),
    ...xivoTrunks(site),
    ...xivoGateways(site),
    ...transmission(site, {
      include: 'manager_faxlane.conf goes to /etc/asterisk/manager.d/.',
      dialContext: 'default   (or the context that your users dial out by)',
    }),
  ],
  freepbx: (site) => [
    modules(),
    spool(site),
    {
      title: 'Put the files in place',
      lines: [
        'Add to /etc/asterisk/extensions_custom.conf: #include extensions_faxlane.conf',
        'If macro-dialout-trunk-predial-hook is there already, add Gosub(pre-outcall-fax,s,1) to it, and delete ours.',
        ...(hasTrunk(site, 'pjsip')
          ? ['Add to /etc/asterisk/pjsip.endpoint_custom_post.conf: #include pjsip_faxlane.conf']
          : []),
        ...(hasTrunk(site, 'sip')
          ? ['Add to /etc/asterisk/sip_custom_post.conf: #include sip_faxlane.conf']
          : []),
        ...(hasTrunk(site, 'dahdi')
          ? ['Add to /etc/asterisk/chan_dahdi_custom.conf: #include chan_dahdi_faxlane.conf']
          : []),
        'Then: fwconsole reload',
      ],
    },
    ...freepbxReception(site),
    ...freepbxCodec(site),
    ...transmission(site, {
      include: 'Add to /etc/asterisk/manager_custom.conf: #include manager_faxlane.conf',
      dialContext: 'from-internal',
    }),
  ],
  hylafax: (site) => [
    spool(site),
    {
      title: 'Let HylaFAX hand its faxes over',
      lines: [
        'Put FaxDispatch in place; it replaces the one that is there.',
        'usermod -aG faxlane-edge uucp',
        'What you see: a received fax leaves a line "submitted" in the log of HylaFAX, and goes up within seconds:',
        'journalctl -u faxlane-edge',
      ],
    },
  ],
  freeswitch: (site) => [
    spool(site),
    {
      title: 'Let FreeSWITCH receive and hand over',
      lines: [
        'Load mod_spandsp and mod_lua (autoload_configs/modules.conf.xml).',
        'Put faxlane.xml and faxlane.lua in place. usermod -aG faxlane-edge freeswitch, and restart FreeSWITCH once for the group.',
        ...(site.takesAny
          ? ['[dstnum_default] has no extension here: name the numbers that FreeSWITCH is to answer.']
          : []),
      ],
    },
  ],
}

function modules(): Step {
  return {
    title: 'Look whether Asterisk has what it takes',
    lines: [
      'asterisk -rx "module show like fax"   has to show res_fax.so and res_fax_spandsp.so, or another fax technology',
      'asterisk -rx "module show like func_" has to show func_base64.so, func_env.so, func_strings.so, func_dialplan.so',
      'In /etc/asterisk/res_fax.conf, [general]: statusevents = yes   (how far a transmission has come)',
    ],
  }
}

function spool({ name, spool: folder }: PbxSite): Step {
  return {
    title: 'Install the edge agent',
    lines: [
      `docs/agents.md. In /etc/faxlane/edge.conf: site = ${name} and spool = ${folder}`,
      `${folder} has to belong to the user that the PBX runs as: ls -ld ${folder}`,
    ],
  }
}

function hasTrunk({ trunks }: PbxSite, channel: 'pjsip' | 'sip' | 'dahdi'): boolean {
  return trunks.some((trunk) => trunk.channel === channel)
}

function channelIncludes(site: PbxSite): string[] {
  return [
    ...(hasTrunk(site, 'pjsip')
      ? ['Add to the end of /etc/asterisk/pjsip.conf: #include pjsip_faxlane.conf']
      : []),
    ...(hasTrunk(site, 'sip') ? ['Add to the end of /etc/asterisk/sip.conf: #include sip_faxlane.conf'] : []),
    ...(hasTrunk(site, 'dahdi')
      ? [
          'Add to /etc/asterisk/chan_dahdi.conf, in [channels] and before the first channel: #include chan_dahdi_faxlane.conf',
        ]
      : []),
  ]
}

function asteriskReception(site: PbxSite): Step[] {
  const { numbers, any } = contextsOf(site.name)
  return [
    {
      title: 'Send fax numbers to faxlane',
      lines: [
        `In the context that your trunk's calls come in by, write: include = ${numbers}`,
        ...(site.takesAny ? [`Any other number, for [dstnum_default]: Goto(${any},\${EXTEN},1)`] : []),
        `A line without numbers (a port of a card): Goto(${numbers},NUMBER,1)`,
      ],
    },
  ]
}

function asteriskLines(site: PbxSite): Step[] {
  if (site.lines.length === 0 && site.direct.length === 0) return []
  return [
    {
      title: 'Keep fax calls to G.711 where a trunk has other codecs',
      lines: [
        `Before Dial to a line with a fax machine: Gosub(${PRE_INCALL},s,1(\${EXTEN}))`,
        `Before Dial over the trunk: Gosub(${PRE_OUTCALL},s,1)`,
        ...(speaks(site, 'pjsip')
          ? [
              `In the options of both Dial, for PJSIP: ${OFFER_OPTION}, as in Dial(PJSIP/\${EXTEN}@TRUNK,60,${OFFER_OPTION})`,
            ]
          : []),
        'The trunk has to have alaw or ulaw among its codecs: allow = g729,alaw',
      ],
    },
  ]
}

function asteriskDetection(site: PbxSite): Step[] {
  if (site.detected.length === 0) return []
  return [
    {
      title: 'Listen for faxes on calls for people',
      lines: [
        `For calls from outside, before the telephone rings: Gosub(${contextsOf(site.name).detect},\${EXTEN},1)`,
        `Callers hear ${site.listenSeconds} seconds of nothing, and the call counts as answered from there on.`,
      ],
    },
  ]
}

function xivoReception(site: PbxSite): Step[] {
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

function xivoLines({ lines }: PbxSite): Step[] {
  if (lines.length === 0) return []
  return [
    {
      title: 'Fax machines on lines',
      lines: [
        'Each needs an outgoing caller ID of its own: in the user of the line, Outgoing caller ID:',
        ...lines.map(({ name, number }) => `  [line_${name}]: ${number}`),
        `Where the hooks are left out, write in the field Preprocess subroutine of the incoming calls ${lines
          .map(({ did }) => did)
          .join(', ')}: ${PRE_INCALL}`,
        `and in that of each outgoing call rule: ${PRE_OUTCALL}`,
      ],
    },
  ]
}

function xivoTrunks({ trunks }: PbxSite): Step[] {
  const T38_FIELDS = {
    prefer:
      'sip: t38pt_udptl = yes,redundancy,maxdatagram=400   pjsip: t38_udptl = yes, t38_udptl_ec = redundancy',
    allow:
      'sip: t38pt_udptl = yes,redundancy,maxdatagram=400   pjsip: t38_udptl = yes, t38_udptl_ec = redundancy',
    forbid: 'sip: t38pt_udptl = no   pjsip: t38_udptl = no',
  } as const
  if (trunks.length === 0) return []
  return [
    {
      title: 'T.38 of the trunks',
      lines: [
        'Trunk, tab Advanced (Wazo: the endpoint section of the trunk), among the options; with alaw or ulaw among the codecs:',
        ...trunks.map(({ endpoint, t38 }) => `  ${endpoint}: ${T38_FIELDS[t38]}`),
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

function xivoGateways({ gateways }: PbxSite): Step[] {
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

function freepbxReception(site: PbxSite): Step[] {
  const { fromTrunk, any, detected } = contextsOf(site.name)
  return [
    {
      title: 'Send fax numbers to faxlane',
      lines: [
        `Connectivity, Trunks, the trunk, pjsip Settings, General, Context: ${fromTrunk}`,
        'That is all for the numbers of the routing table. Inbound routes stay for all others.',
        ...(site.takesAny
          ? [
              `Any other fax number ([dstnum_default]): Admin, Custom Destinations, Target: ${any},NUMBER,1`,
              'and an inbound route with NUMBER as DID and this destination.',
            ]
          : []),
        ...(site.detected.length > 0
          ? [
              "FreePBX can listen by itself instead: the inbound route's tab Fax, Detect Faxes Yes, with a custom destination:",
              ...site.detected.map((number) => `  ${detected},${number},1`),
              'Then leave the trunk with from-trunk, or callers are listened to twice.',
            ]
          : []),
      ],
    },
  ]
}

function freepbxCodec(site: PbxSite): Step[] {
  if (!speaks(site, 'pjsip')) return []
  const numbers = site.lines.map(({ number }) => number)
  return [
    {
      title: 'Keep outgoing fax calls to G.711 where the trunk has other codecs',
      lines: [
        "FreePBX's own handler stands where ours would set the codec of a PJSIP call. So:",
        'Connectivity, Trunks, duplicate the trunk, Codecs: alaw or ulaw alone.',
        'Connectivity, Outbound Routes: one above the others, with that trunk, and in Dial Patterns, CallerID:',
        ...(numbers.length > 0
          ? numbers.map((number) => `  ${number}`)
          : ['  the numbers that faxes call with']),
      ],
    },
  ]
}

function transmission(
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
