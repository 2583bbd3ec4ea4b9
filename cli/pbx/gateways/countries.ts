import type { GatewayCountry } from '../../../shared/routing-table/pbx-table.ts'
import type { Sourced } from './sources.ts'

/** What Cisco's and Linksys' firmware calls them. */
type Impedance = '600' | '600+2.16uF' | '270+750||150nF' | '220+820||115nF'
type CallerIdMethod = 'Bellcore(N.Amer,China)' | 'ETSI FSK' | 'ETSI FSK With PR(UK)'

/** What telephone lines of a country are like to the machine at their end. */
export interface LineCharacter {
  codec: Sourced<'G711a' | 'G711u'>
  ringWaveform: Sourced<'Sinusoid' | 'Trapezoid'>
  ringFrequencyHertz: Sourced<20 | 25 | 50>
  ringVoltage: Sourced<80 | 85>
  impedance: Sourced<Impedance>
  /** Absent: no source was found, and the device keeps what it has. A fax machine shows no caller. */
  callerId?: Sourced<CallerIdMethod>
}

const A_LAW = { value: 'G711a', source: 'ataFax' } as const
const MU_LAW = { value: 'G711u', source: 'ataFax' } as const
/** What Cisco advises for machines that its own setting does not ring. */
const ADVISED_RING = {
  ringWaveform: { value: 'Sinusoid', source: 'ata' },
  ringFrequencyHertz: { value: 25, source: 'ata' },
  ringVoltage: { value: 80, source: 'ata' },
} as const
/** The impedance of TBR 21. */
const EUROPEAN = { value: '270+750||150nF', source: 'opermode' } as const

const NORTH_AMERICA: LineCharacter = {
  codec: MU_LAW,
  ringWaveform: { value: 'Trapezoid', source: 'ata' },
  ringFrequencyHertz: { value: 20, source: 'ata' },
  ringVoltage: { value: 85, source: 'ata' },
  impedance: { value: '600', source: 'ata' },
  callerId: { value: 'Bellcore(N.Amer,China)', source: 'ata' },
}

const GERMAN_LIKE = {
  codec: A_LAW,
  ...ADVISED_RING,
  ringFrequencyHertz: { value: 25, source: 'mediatrix' },
  impedance: { value: '220+820||115nF', source: 'mediatrix' },
} as const satisfies LineCharacter

export const LINE_CHARACTERS: Readonly<Record<GatewayCountry, LineCharacter>> = {
  FR: {
    codec: { value: 'G711a', source: 'xivo' },
    ringWaveform: { value: 'Sinusoid', source: 'xivo' },
    ringFrequencyHertz: { value: 50, source: 'xivo' },
    ringVoltage: { value: 85, source: 'xivo' },
    impedance: { value: '600+2.16uF', source: 'xivo' },
    callerId: { value: 'Bellcore(N.Amer,China)', source: 'xivo' },
  },
  BE: { codec: A_LAW, ...ADVISED_RING, impedance: EUROPEAN },
  CH: { ...GERMAN_LIKE, callerId: { value: 'ETSI FSK', source: 'telewall' } },
  DE: { ...GERMAN_LIKE, callerId: { value: 'ETSI FSK', source: 'omninet' } },
  GB: {
    codec: A_LAW,
    ...ADVISED_RING,
    impedance: EUROPEAN,
    callerId: { value: 'ETSI FSK With PR(UK)', source: 'zyxel' },
  },
  ES: { codec: A_LAW, ...ADVISED_RING, impedance: EUROPEAN },
  IT: { codec: A_LAW, ...ADVISED_RING, impedance: EUROPEAN },
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
}

/** Bell 202 goes with Bellcore's method, V.23 with ETSI's (ETSI EN 300 659-1). */
export function fskStandardOf(method: CallerIdMethod): 'bell 202' | 'v.23' {
  return method === 'Bellcore(N.Amer,China)' ? 'bell 202' : 'v.23'
}
