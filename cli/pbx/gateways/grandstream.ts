import type { Gateway, GatewayCountry, Line, LineT38 } from '../../../shared/routing-table/pbx-table.ts'
import { headerLines } from '../generated-file.ts'
import { LINE_CHARACTERS } from './countries.ts'
import { comment, element, XML_DECLARATION } from './xml.ts'

/** Grandstream's numbers of its settings, for each port of an HT801 or HT802. Source of all: {@link SOURCES}.ht80x. */
const PORTS = {
  1: {
    disableCallWaiting: 'P91',
    disableThreeWay: 'P4830',
    vocoders: ['P57', 'P58', 'P59', 'P60', 'P61', 'P62', 'P46', 'P98'],
    framesPerPacket: 'P37',
    silenceSuppression: 'P50',
    faxMode: 'P228',
    reinviteAfterTone: 'P4416',
    jitterType: 'P133',
    jitterLength: 'P132',
    disableEchoCanceller: 'P824',
    disableEchoSuppressor: 'P4441',
    slic: 'P854',
    callerIdScheme: 'P853',
    ringFrequency: 'P4429',
  },
  2: {
    disableCallWaiting: 'P791',
    disableThreeWay: 'P4831',
    vocoders: ['P757', 'P758', 'P759', 'P760', 'P761', 'P762', 'P814', 'P815'],
    framesPerPacket: 'P737',
    silenceSuppression: 'P750',
    faxMode: 'P710',
    reinviteAfterTone: 'P4417',
    jitterType: 'P831',
    jitterLength: 'P832',
    disableEchoCanceller: 'P825',
    disableEchoSuppressor: 'P4442',
    slic: 'P864',
    callerIdScheme: 'P863',
    ringFrequency: 'P4430',
  },
} as const

/** RTP payload types (RFC 3551). */
const VOCODERS = { G711u: '0', G711a: '8' } as const
/** 0: BELLCORE 600 ohms, 3: the same + 2.16uF, 4: EUROPEAN CTR21, 9: GERMANY (220+820||115nF), 10: UK. */
const SLIC: Record<GatewayCountry, string> = {
  FR: '3',
  BE: '4',
  CH: '9',
  DE: '9',
  GB: '10',
  ES: '4',
  IT: '4',
  US: '0',
  CA: '0',
}
/** 0: Bellcore, 2: ETSI-FSK prior to ringing with DTAS, 9: SIN 227 - BT. */
const CALLER_ID_SCHEMES = {
  'Bellcore(N.Amer,China)': '0',
  'ETSI FSK': '2',
  'ETSI FSK With PR(UK)': '9',
} as const
/** 0: T.38 when a fax is heard, 1: pass through. */
const FAX_MODES: Record<LineT38, string> = { adapter: '0', gateway: '1', off: '1' }

/** Number and value of each setting, in the order of the ports. */
export function grandstreamSettings(
  gateway: Gateway,
  lines: readonly Line[],
): [setting: string, value: string][] {
  return lines.flatMap((line) => portSettings(line, gateway.country))
}

function portSettings(line: Line, country: GatewayCountry): [string, string][] {
  const port = PORTS[line.gateway?.port === 2 ? 2 : 1]
  const { codec, ringFrequencyHertz, callerId } = LINE_CHARACTERS[country]
  return [
    [port.disableCallWaiting, '1'],
    [port.disableThreeWay, '1'],
    ...port.vocoders.map((vocoder): [string, string] => [vocoder, VOCODERS[codec.value]]),
    // Frames of 10 ms.
    [port.framesPerPacket, '2'],
    [port.silenceSuppression, '0'],
    [port.faxMode, FAX_MODES[line.t38]],
    [port.reinviteAfterTone, '1'],
    [port.jitterType, '0'],
    [port.jitterLength, '2'],
    [port.disableEchoCanceller, '1'],
    [port.disableEchoSuppressor, '1'],
    [port.slic, SLIC[country]],
    ...(callerId === undefined
      ? []
      : [[port.callerIdScheme, CALLER_ID_SCHEMES[callerId.value]] as [string, string]]),
    // It has 20 Hz and 25 Hz.
    [port.ringFrequency, ringFrequencyHertz.value === 20 ? '20' : '25'],
  ]
}

/** Grandstream's XML form of a configuration. */
export function grandstreamProfile(site: string, gateway: Gateway, lines: readonly Line[]): string {
  const about = headerLines({
    site,
    where: `on the provisioning server of ${gateway.name} (${gateway.model}), as cfgMAC.xml with the MAC address of the device in lower case, or uploaded to the device`,
    reload: "restart the device, or Advanced Settings, Upgrade and Provisioning on the device's web page",
  })
  const ports = lines.map(({ name, number, gateway: at }) => `Port ${at?.port}: [line_${name}], ${number}`)
  return [
    XML_DECLARATION,
    comment([...about, ...ports]),
    '<gs_provision version="1">\n<config version="1">\n',
    ...grandstreamSettings(gateway, lines).map(([setting, value]) => element(setting, value)),
    '</config>\n</gs_provision>\n',
  ].join('')
}
