import { codecOf, type PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { Context, Step } from './context.ts'
import {
  contextsOf,
  FORCE_G711,
  LAW_VARIABLE,
  numberOnly,
  OFFER_G711,
  OFFER_OPTION,
  PRE_INCALL,
  PRE_OUTCALL,
} from './names.ts'
import { speaks } from './technology.ts'

/** How a PBX says which number was dialled: steps that put it into FAXLANE_DID. */
export type DialledNumber = readonly Step[]

/** Where a call goes over a trunk that may choose another codec, fax calls use G.711: no other carries a modem's tones. */
export function trunkCodecContexts(site: PbxSite, dialled: DialledNumber): Context[] {
  const { callers, gatewayCallers, gatewayDids } = contextsOf(site.name)
  const law = codecOf(site.country)
  const viaGateway = site.lines.filter(({ t38 }) => t38 === 'gateway')
  return [
    {
      name: PRE_INCALL,
      about: [`Before the fax machine on a line is called: ${law} on both sides.`],
      extensions: [{ exten: 's', steps: incallSteps(site, dialled) }],
    },
    {
      name: PRE_OUTCALL,
      about: [`Before a call goes out over a trunk: ${law}, where a fax machine or faxlane calls.`],
      extensions: [{ exten: 's', steps: outcallSteps(site) }],
    },
    numberList(callers, 'Numbers that faxes call with.', [
      ...site.lines.map(({ number }) => number),
      ...site.direct,
    ]),
    ...(viaGateway.length === 0
      ? []
      : [
          numberList(
            gatewayCallers,
            'Lines for which the PBX speaks T.38, as callers.',
            viaGateway.map(({ number }) => number),
          ),
          numberList(
            gatewayDids,
            'The same, as called.',
            viaGateway.map(({ did }) => did),
          ),
        ]),
    ...(speaks(site, 'pjsip') ? pjsipContexts(law) : []),
  ]
}

/** Looked up with DIALPLAN_EXISTS: as fast for ten thousand as for one. */
export function numberList(name: string, about: string, numbers: readonly string[]): Context {
  const once = [...new Set(numbers)]
  return { name, about: [about], extensions: once.map((number) => ({ exten: number, steps: ['Return()'] })) }
}

function incallSteps(site: PbxSite, dialled: DialledNumber): Step[] {
  const { gatewayDids } = contextsOf(site.name)
  const law = codecOf(site.country)
  const hasGateway = site.lines.some(({ t38 }) => t38 === 'gateway')
  return [
    ...(hasGateway
      ? [
          ...dialled,
          unlessGiven('FAXLANE_DID', 'law'),
          unlessListed(gatewayDids, 'FAXLANE_DID', 'law'),
          'Set(FAXOPT(gateway)=yes)',
        ]
      : []),
    ...labelled(hasGateway ? 'law' : undefined, `Set(__${LAW_VARIABLE}=${law})`),
    ...(speaks(site, 'sip') ? [`Set(SIP_CODEC_INBOUND=${law})`, `Set(__SIP_CODEC_OUTBOUND=${law})`] : []),
    ...(speaks(site, 'pjsip') ? [`Gosub(${FORCE_G711},s,1)`] : []),
    'Return()',
  ]
}

/** A label that nothing jumps to would be asked about. */
function labelled(label: string | undefined, run: string): Step[] {
  return [label === undefined ? run : { label, run }]
}

function outcallSteps(site: PbxSite): Step[] {
  const { callers, gatewayCallers } = contextsOf(site.name)
  const law = codecOf(site.country)
  const hasGateway = site.lines.some(({ t38 }) => t38 === 'gateway')
  return [
    `Set(FAXLANE_CALLER=${numberOnly('${CALLERID(num)}')})`,
    unlessGiven('FAXLANE_CALLER', 'end'),
    unlessListed(callers, 'FAXLANE_CALLER', 'end'),
    `Set(__${LAW_VARIABLE}=${law})`,
    ...(speaks(site, 'sip') ? [`Set(__SIP_CODEC_OUTBOUND=${law})`] : []),
    ...(hasGateway
      ? [
          // faxlane's own transmissions come by Local, where the gateway breaks them: seen with Asterisk 16.
          'GotoIf($["${CHANNEL(channeltype)}" = "Local"]?end)',
          unlessListed(gatewayCallers, 'FAXLANE_CALLER', 'end'),
          'Set(FAXOPT(gateway)=yes)',
        ]
      : []),
    { label: 'end', run: 'Return()' },
  ]
}

/** DIALPLAN_EXISTS without an extension would look for the context alone. */
export function unlessGiven(variable: string, label: string): Step {
  return `GotoIf($["\${${variable}}" = ""]?${label})`
}

export function unlessListed(context: string, variable: string, label: string): Step {
  return `GotoIf($[\${DIALPLAN_EXISTS(${context},\${${variable}},1)} = 0]?${label})`
}

/** PJSIP has no variables for this: a leg that is called offers what a handler before the call says, one that called is asked anew. */
function pjsipContexts(law: string): Context[] {
  return [
    {
      name: OFFER_G711,
      about: [
        `Handler before a call, for the trunk's Dial: Dial(PJSIP/\${EXTEN}@TRUNK,60,${OFFER_OPTION}). It leaves other calls alone.`,
      ],
      extensions: [
        {
          exten: 's',
          steps: [
            `GotoIf($["\${${LAW_VARIABLE}}" = ""]?end)`,
            `Set(PJSIP_MEDIA_OFFER(audio)=\${${LAW_VARIABLE}})`,
            { label: 'end', run: 'Return()' },
          ],
        },
      ],
    },
    {
      name: FORCE_G711,
      about: [
        'A call that came in by PJSIP with another codec than G.711 is answered and asked for G.711: the codec of an incoming call is',
        'settled before its dialplan begins. Where the trunk has G.711 first, nothing happens here.',
      ],
      extensions: [
        {
          exten: 's',
          steps: [
            'GotoIf($["${CHANNEL(channeltype)}" != "PJSIP"]?end)',
            'GotoIf($[${REGEX("^.?[au]law" ${CHANNEL(audionativeformat)})} = 1]?end)',
            'Answer()',
            `Set(PJSIP_MEDIA_OFFER(audio)=${law})`,
            'Set(PJSIP_SEND_SESSION_REFRESH()=invite)',
            { label: 'end', run: 'Return()' },
          ],
        },
      ],
    },
  ]
}
