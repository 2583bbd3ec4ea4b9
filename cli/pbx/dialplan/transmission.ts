import { codecOf, type PbxSite, type Trunk } from '../../../shared/routing-table/pbx-table.ts'
import { DIAL_VARIABLES, FAX_PROGRESS, TRANSMIT_CONTEXT } from '../../../shared/transmission/pbx-words.ts'
import type { Context, Step } from './context.ts'
import { ANY_NUMBER, contextsOf, LAW_VARIABLE, OFFER_OPTION } from './names.ts'
import { t38OfSite } from './technology.ts'

/** What the edge agent originates: the context that sends, and where the table names a trunk, one that dials. */
export function transmissionContexts(site: PbxSite): Context[] {
  return [sendContext(site), ...outContext(site)]
}

/** SendFAX's options: f falls back to audio when T.38 is refused, z asks for T.38, F has none. */
const SEND_OPTIONS = { prefer: 'fz', allow: 'f', forbid: 'F' } as const

function sendContext(site: PbxSite): Context {
  const { file, stationId, header, ecm, maxRate, callSeconds } = DIAL_VARIABLES
  const setHeader = `Set(FAXOPT(headerinfo)=\${${header}})`
  return {
    name: TRANSMIT_CONTEXT,
    about: ['Sends a fax that faxlane-edge originated, and says in extension h how it ended.'],
    extensions: [
      {
        exten: 's',
        steps: [
          `Set(TIMEOUT(absolute)=\${${callSeconds}})`,
          `Set(FAXOPT(ecm)=\${${ecm}})`,
          `Set(FAXOPT(maxrate)=\${${maxRate}})`,
          `Set(FAXOPT(localstationid)=\${${stationId}})`,
          ...ownStationId(site),
          site.stationId === undefined ? setHeader : { label: 'header', run: setHeader },
          `SendFAX(\${${file}},${SEND_OPTIONS[t38OfSite(site)]})`,
          'Hangup()',
        ],
      },
      { exten: 'T', steps: ['Hangup()'] },
      { exten: 'h', steps: [progressEvent()] },
    ],
  }
}

/** The site's, where the transmission brings none. Filtered, since an expression would read a quote in the ID. */
function ownStationId({ stationId }: PbxSite): Step[] {
  if (stationId === undefined) return []
  return [
    `GotoIf($["\${FILTER(0-9A-Za-z,\${${DIAL_VARIABLES.stationId}})}" != ""]?header)`,
    `Set(FAXOPT(localstationid)=${stationId})`,
  ]
}

/** What the far end chose stands last and filtered: a comma in it would begin a field. */
function progressEvent(): string {
  const { event, job, status, error, statusText, pages, rate, remoteStationId } = FAX_PROGRESS
  const fields: readonly (readonly [name: string, value: string])[] = [
    [job, `\${${DIAL_VARIABLES.job}}`],
    [status, '${FAXOPT(status)}'],
    [error, '${FAXOPT(error)}'],
    [statusText, '${FAXOPT(statusstr)}'],
    [pages, '${FAXOPT(pages)}'],
    [rate, '${FAXOPT(rate)}'],
    [remoteStationId, '${FILTER(0-9A-Za-z+ .-,${FAXOPT(remotestationid)})}'],
  ]
  return `UserEvent(${event},${fields.map(([name, value]) => `${name}: ${value}`).join(',')})`
}

function outContext(site: PbxSite): Context[] {
  const [trunk] = site.trunks
  if (trunk === undefined) return []
  const law = codecOf(site.country)
  const codec: Record<Trunk['channel'], string[]> = {
    pjsip: [`Set(__${LAW_VARIABLE}=${law})`],
    sip: [`Set(__SIP_CODEC_OUTBOUND=${law})`],
    dahdi: [],
  }
  const { out } = contextsOf(site.name)
  return [
    {
      name: out,
      about: [`Dials out over ${trunk.endpoint}, in ${law}.`],
      extensions: [
        {
          exten: ANY_NUMBER,
          steps: [...codec[trunk.channel], `Dial(${dialString(trunk)})`, 'Hangup(${HANGUPCAUSE})'],
        },
      ],
    },
  ]
}

function dialString({ channel, endpoint }: Trunk): string {
  switch (channel) {
    case 'pjsip':
      return `PJSIP/\${EXTEN}@${endpoint},,${OFFER_OPTION}`
    case 'sip':
      return `SIP/${endpoint}/\${EXTEN}`
    case 'dahdi':
      return `DAHDI/${endpoint}/\${EXTEN}`
  }
}
