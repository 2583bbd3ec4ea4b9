import { codecOf, type PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { Context } from './context.ts'
import { handOverContext, KEY_VARIABLE } from './hand-over.ts'
import { ANY_NUMBER, contextsOf, DESTINATION_VARIABLE, FORCE_G711, numberOnly } from './names.ts'
import { speaks, t38OfSite } from './technology.ts'

/** XiVO's: a silent caller ends no call by himself. */
const LONGEST_CALL_SECONDS = 5400

/** Numbers that faxlane answers, and how a fax is received and handed over. */
export function receptionContexts(site: PbxSite): Context[] {
  const names = contextsOf(site.name)
  return [
    numbersContext(site),
    ...(site.takesAny ? [anyContext(site)] : []),
    {
      name: names.receive,
      about: ['Receives a fax. The file is named by the call, so that no two calls ever write into one.'],
      extensions: [{ exten: 's', steps: receiveSteps(site) }],
    },
    handOverContext(names.received, site.spool),
  ]
}

function numbersContext({ name, direct }: PbxSite): Context {
  const { numbers, receive } = contextsOf(name)
  return {
    name: numbers,
    about: ['The numbers that faxlane answers.'],
    extensions: direct.map((number) => ({
      exten: number,
      steps: [`Set(${DESTINATION_VARIABLE}=${number})`, `Goto(${receive},s,1)`],
    })),
  }
}

function anyContext({ name }: PbxSite): Context {
  const { any, receive } = contextsOf(name)
  return {
    name: any,
    about: [
      'Any number, for [dstnum_default]: send calls here with Goto, or as a destination. Never include it: it takes every number.',
    ],
    extensions: [
      {
        exten: ANY_NUMBER,
        steps: [`Set(${DESTINATION_VARIABLE}=${numberOnly('${EXTEN}')})`, `Goto(${receive},s,1)`],
      },
    ],
  }
}

function receiveSteps(site: PbxSite): string[] {
  const { received } = contextsOf(site.name)
  const tiff = `${site.spool}/\${${KEY_VARIABLE}}.tif`
  return [
    `Set(${KEY_VARIABLE}=\${EPOCH}-\${FILTER(0-9a-zA-Z.-,\${UNIQUEID})})`,
    `Set(CHANNEL(hangup_handler_push)=${received},s,1)`,
    `Set(TIMEOUT(absolute)=${LONGEST_CALL_SECONDS})`,
    `Set(FAXOPT(ecm)=${site.ecm ? 'yes' : 'no'})`,
    `Set(FAXOPT(maxrate)=${site.maxRate})`,
    ...(site.stationId === undefined ? [] : [`Set(FAXOPT(localstationid)=${site.stationId})`]),
    ...(site.header === undefined ? [] : [`Set(FAXOPT(headerinfo)=${site.header})`]),
    ...(speaks(site, 'sip') ? [`Set(SIP_CODEC_INBOUND=${codecOf(site.country)})`] : []),
    'Answer()',
    ...(speaks(site, 'pjsip') ? [`Gosub(${FORCE_G711},s,1)`] : []),
    `ReceiveFAX(${tiff},${t38OfSite(site) === 'forbid' ? 'F' : 'f'})`,
    'Hangup()',
  ]
}
