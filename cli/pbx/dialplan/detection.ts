import { codecOf, type PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { Context, Step } from './context.ts'
import { contextsOf, DESTINATION_VARIABLE, FORCE_G711, numberOnly } from './names.ts'
import { speaks } from './technology.ts'

/** Numbers and names, but none of Asterisk's own extensions, which have one letter. */
const ANYBODY = ['_[+*#0-9]', '_[+*#0-9a-zA-Z].']

/**
 * Fax detection on calls for people. A call is answered and listened to before the telephone rings; the calling tone (CNG) of a fax
 * machine makes Asterisk jump to extension `fax` of the context that the call is in. Anybody else's call goes on.
 */
export function detectionContexts(site: PbxSite): Context[] {
  if (site.detected.length === 0) return []
  const names = contextsOf(site.name)
  return [
    {
      name: names.detect,
      about: [
        `Call it before a telephone rings: Gosub(${names.detect},\${EXTEN},1). Numbers that are not listened to come back at once.`,
      ],
      extensions: [
        ...site.detected.map((number) => ({
          exten: number,
          steps: [`Gosub(${names.listen},s,1(${number}))`, 'Return()'],
        })),
        ...ANYBODY.map((exten) => ({ exten, steps: ['Return()'] })),
      ],
    },
    {
      name: names.listen,
      about: [`Listens for ${site.listenSeconds} s, once in a call.`],
      extensions: [
        { exten: 's', steps: listenSteps(site) },
        { exten: 'fax', steps: faxSteps(names.receive) },
      ],
    },
    {
      name: names.detected,
      about: ['For a PBX that detects faxes by itself: the destination of a fax for each of these numbers.'],
      extensions: site.detected.map((number) => ({
        exten: number,
        steps: [`Set(${DESTINATION_VARIABLE}=${number})`, `Goto(${names.receive},s,1)`],
      })),
    },
  ]
}

/** Asterisk hears the tone in G.711 alone. */
function listenSteps(site: PbxSite): Step[] {
  return [
    'GotoIf($["${FAXLANE_LISTENED}" = "yes"]?end)',
    'Set(FAXLANE_LISTENED=yes)',
    `Set(${DESTINATION_VARIABLE}=${numberOnly('${ARG1}')})`,
    ...(speaks(site, 'sip') ? [`Set(SIP_CODEC_INBOUND=${codecOf(site.country)})`] : []),
    'Answer()',
    ...(speaks(site, 'pjsip') ? [`Gosub(${FORCE_G711},s,1)`] : []),
    'Set(FAXOPT(faxdetect)=yes)',
    `Wait(${site.listenSeconds})`,
    'Set(FAXOPT(faxdetect)=no)',
    { label: 'end', run: 'Return()' },
  ]
}

function faxSteps(receive: string): Step[] {
  return [
    'Set(FAXOPT(faxdetect)=no)',
    'ExecIf($["${CHANNEL(channeltype)}" = "DAHDI"]?Set(CHANNEL(echocan_mode)=fax))',
    `Goto(${receive},s,1)`,
  ]
}
