import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { contextsOf, OFFER_OPTION, PRE_INCALL, PRE_OUTCALL } from '../dialplan/names.ts'
import { speaks } from '../dialplan/technology.ts'
import { hasTrunk, modules, ownedSpool, type Step, transmission } from './common.ts'

export function asteriskSteps(site: PbxSite): Step[] {
  return [
    modules(),
    ownedSpool(site),
    {
      title: 'Put the files in place',
      lines: [
        'Add to /etc/asterisk/extensions.conf: #include extensions_faxlane.conf',
        ...channelIncludes(site),
      ],
    },
    ...reception(site),
    ...lines(site),
    ...detection(site),
    ...transmission(site, {
      include: 'Add to /etc/asterisk/manager.conf: #include manager_faxlane.conf',
      dialContext:
        site.trunks.length > 0 ? contextsOf(site.name).out : 'the context that your users dial out by',
    }),
  ]
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

function reception(site: PbxSite): Step[] {
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

function lines(site: PbxSite): Step[] {
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

function detection(site: PbxSite): Step[] {
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
