import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  GATEWAY_COUNTRIES,
  GATEWAY_MODELS,
  type GatewayCountry,
  type GatewayModel,
  LINE_T38,
} from '../../../shared/routing-table/pbx-table.ts'
import { siteOfTable } from '../testing/sites.ts'
import { childrenOf, parseXml } from '../testing/xml.ts'
import { familyOf } from './cisco-profile.ts'
import { LINE_CHARACTERS } from './countries.ts'
import { gatewayFiles } from './profiles.ts'
import { SOURCES } from './sources.ts'

const MODELS = Object.keys(GATEWAY_MODELS) as GatewayModel[]
const page = readFileSync(new URL('../../../docs/gateways.md', import.meta.url), 'utf8')

/** A gateway with a machine on each of its ports. */
function filesFor(model: GatewayModel, country: GatewayCountry, t38 = 'adapter', name = 'a line') {
  const lines = Array.from(
    { length: GATEWAY_MODELS[model] },
    (_, index) =>
      `[line_${index}]\nname = ${name}\nnumber = 10${index}\ngateway = g\nport = ${index + 1}\nt38 = ${t38}\n`,
  )
  const table = `[log]\nmsg = x\n[dstnum_1]\ndest = log\n[gateway_g]\nmodel = ${model}\ncountry = ${country}\n`
  return gatewayFiles(siteOfTable(`${table}${lines.join('')}`), { withProvd: true })
}

function parametersOf(model: GatewayModel, country: GatewayCountry, t38?: string): Map<string, string> {
  const text = filesFor(model, country, t38).find(({ path }) => path === 'gateways/g.xml')?.text ?? ''
  const root = familyOf(model) === undefined ? 'config' : 'flat-profile'
  return new Map(childrenOf(parseXml(text), root))
}

/** Of each device, as its manual or its provisioning has them (docs/gateways.md); without the port's _1_. */
const KNOWN_PARAMETERS = {
  spa: new Set(
    `Dial_Plan Call_Waiting_Serv Three_Way_Call_Serv Preferred_Codec Use_Pref_Codec_Only Silence_Supp_Enable Echo_Canc_Enable
     Echo_Canc_Adapt_Enable Echo_Supp_Enable DTMF_Tx_Mode FAX_Enable_T38 FAX_T38_Redundancy FAX_Passthru_Method FAX_Passthru_Codec
     FAX_Disable_ECAN FAX_Tone_Detect_Mode Network_Jitter_Level Jitter_Buffer_Adjustment RTP_Packet_Size RTP-Start-Loopback_Codec
     Ring_Waveform Ring_Frequency Ring_Voltage FXS_Port_Impedance Caller_ID_Method Caller_ID_FSK_Standard`.split(
      /\s+/,
    ),
  ),
  ata: new Set(
    `Dial_Plan Call_Waiting_Serv Three_Way_Call_Serv Preferred_Codec Use_Pref_Codec_Only Silence_Supp_Enable Echo_Canc_Enable
     DTMF_Tx_Mode FAX_Enable_T38 FAX_T38_Redundancy FAX_Passthru_Method FAX_Passthru_Codec FAX_Disable_ECAN FAX_Tone_Detect_Mode
     Network_Jitter_Level Jitter_Buffer_Adjustment RTP_Packet_Size Ring_Waveform Ring_Frequency Ring_Voltage FXS_Port_Impedance
     Caller_ID_Method Caller_ID_FSK_Standard`.split(/\s+/),
  ),
} as const

/** What each parameter may be. */
const KNOWN_VALUES: Record<string, readonly string[]> = {
  Preferred_Codec: ['G711a', 'G711u'],
  FAX_Passthru_Codec: ['G711a', 'G711u'],
  FAX_Passthru_Method: ['None', 'NSE', 'ReINVITE'],
  FAX_Tone_Detect_Mode: ['caller or callee', 'caller only', 'callee only'],
  Network_Jitter_Level: ['low', 'medium', 'high', 'very high', 'extremely high'],
  DTMF_Tx_Mode: ['Strict', 'Normal'],
  Ring_Waveform: ['Sinusoid', 'Trapezoid'],
  Caller_ID_FSK_Standard: ['bell 202', 'v.23'],
  Caller_ID_Method: ['Bellcore(N.Amer,China)', 'ETSI FSK', 'ETSI FSK With PR(UK)'],
}
const IMPEDANCES = {
  spa: ['600', '600+2.16uF', '270+750||150nF', '220+820||115nF'],
  ata: ['600', '900', '600+2.16uF', '900+2.16uF', '220+850||120nF', '220+820||115nF', '200+600||100nF'],
}

/** HT80x's settings of the template, and the values that it gives for each. */
const KNOWN_SETTINGS: readonly [settings: string, values: readonly string[]][] = [
  ['P91 P791 P4830 P4831 P4416 P4417 P824 P825 P4441 P4442', ['0', '1']],
  [
    'P57 P58 P59 P60 P61 P62 P46 P98 P757 P758 P759 P760 P761 P762 P814 P815',
    ['0', '2', '4', '8', '9', '18', '97', '123'],
  ],
  ['P37 P737', ['1', '2', '3', '4', '5', '6', '7', '8', '9']],
  ['P50 P750 P228 P710 P133 P831', ['0', '1']],
  ['P132 P832', ['0', '1', '2']],
  ['P854 P864', Array.from({ length: 12 }, (_, index) => String(index))],
  ['P853 P863', Array.from({ length: 15 }, (_, index) => String(index))],
  ['P4429 P4430', ['20', '25']],
]

describe.each(MODELS.filter((model) => familyOf(model) !== undefined))('a profile for a %s', (model) => {
  const family = familyOf(model) ?? 'spa'

  it.each(GATEWAY_COUNTRIES)(
    'in %s has parameters and values that the device knows, for each port',
    (country) => {
      const parameters = parametersOf(model, country)
      const ports = new Set<number>()
      for (const [name, value] of parameters) {
        const [, bare = name, port] = /^(.*)_(\d)_$/.exec(name) ?? []
        expect(KNOWN_PARAMETERS[family]).toContain(bare)
        if (port !== undefined) ports.add(Number(port))
        if (bare in KNOWN_VALUES) expect(KNOWN_VALUES[bare]).toContain(value)
      }
      expect(IMPEDANCES[family]).toContain(parameters.get('FXS_Port_Impedance'))
      expect(ports.size).toBe(GATEWAY_MODELS[model])
      expect(parameters.size).toBeGreaterThan(20)
    },
  )
})

describe.each(['ht801', 'ht802'] as const)('a profile for a %s', (model) => {
  it.each(GATEWAY_COUNTRIES)('in %s has settings and values that the device knows', (country) => {
    const settings = parametersOf(model, country)
    for (const [name, value] of settings) {
      const known = KNOWN_SETTINGS.find(([names]) => names.split(' ').includes(name))
      expect(known?.[1], name).toContain(value)
    }
    expect(settings.size).toBeGreaterThan(18 * GATEWAY_MODELS[model])
  })
})

describe('a profile', () => {
  it('has what the documentation of the original has, for France', () => {
    expect(Object.fromEntries(parametersOf('spa3102', 'FR'))).toEqual({
      Dial_Plan_1_: '([x*#].)',
      Call_Waiting_Serv_1_: 'No',
      Three_Way_Call_Serv_1_: 'No',
      Preferred_Codec_1_: 'G711a',
      Silence_Supp_Enable_1_: 'No',
      Echo_Canc_Adapt_Enable_1_: 'No',
      Echo_Supp_Enable_1_: 'No',
      Echo_Canc_Enable_1_: 'No',
      Use_Pref_Codec_Only_1_: 'Yes',
      DTMF_Tx_Mode_1_: 'Normal',
      FAX_Enable_T38_1_: 'Yes',
      FAX_T38_Redundancy_1_: '1',
      FAX_Passthru_Method_1_: 'ReINVITE',
      FAX_Passthru_Codec_1_: 'G711a',
      FAX_Disable_ECAN_1_: 'Yes',
      FAX_Tone_Detect_Mode_1_: 'caller or callee',
      Network_Jitter_Level_1_: 'very high',
      Jitter_Buffer_Adjustment_1_: 'disable',
      RTP_Packet_Size: '0.020',
      'RTP-Start-Loopback_Codec': 'G711a',
      Ring_Waveform: 'Sinusoid',
      Ring_Frequency: '50',
      Ring_Voltage: '85',
      FXS_Port_Impedance: '600+2.16uF',
      Caller_ID_Method: 'Bellcore(N.Amer,China)',
      Caller_ID_FSK_Standard: 'bell 202',
    })
  })

  it.each(LINE_T38)('with T.38 ending at %s', (t38) => {
    expect(parametersOf('spa122', 'US', t38).get('FAX_Enable_T38_2_')).toBe(t38 === 'adapter' ? 'Yes' : 'No')
    expect(parametersOf('ht802', 'US', t38).get('P710')).toBe(t38 === 'adapter' ? '0' : '1')
  })

  it('speaks µ-law in North America alone', () => {
    const laws = GATEWAY_COUNTRIES.map((country) => parametersOf('ata191', country).get('Preferred_Codec_1_'))
    expect(laws.filter((law) => law === 'G711u')).toHaveLength(2)
    expect(parametersOf('ht801', 'CA').get('P57')).toBe('0')
    expect(parametersOf('ht801', 'IT').get('P57')).toBe('8')
  })

  it('and its template are well-formed whatever a line is called', () => {
    for (const { path, text } of filesFor('spa8000', 'FR', 'off', '--> {{ x }} #} & <b> -- "%')) {
      if (path.endsWith('.xml')) expect(() => parseXml(text)).not.toThrow()
      else expect(insideOfBlock(text).length).toBeGreaterThan(100)
    }
  })

  it('of a template is the same as the plain one', () => {
    const [plain, template] = filesFor('spa2102', 'DE').map(({ text }) => text)
    expect(template?.startsWith("{% extends 'base.tpl' %}\n")).toBe(true)
    expect(insideOfBlock(template ?? '')).toEqual(childrenOf(parseXml(plain ?? ''), 'flat-profile'))
  })
})

/** The parameters of a template, once its comment is off. */
function insideOfBlock(template: string): [string, string][] {
  const [, block = ''] =
    /^\{% extends 'base.tpl' %\}\n\{#.*?#\}\n\{% block suffix %\}\n(.*)\{% endblock %\}\n$/s.exec(template) ??
    []
  return childrenOf(parseXml(`<all>${block}</all>`), 'all')
}

describe('docs/gateways.md', () => {
  it.each(Object.entries(SOURCES))('has the source %s', (name, title) => {
    expect(page).toContain(`| ${name} | ${title} |`)
  })

  it.each(GATEWAY_COUNTRIES)('has the values of %s with their sources', (country) => {
    const { codec, ringWaveform, ringFrequencyHertz, ringVoltage, impedance, callerId } =
      LINE_CHARACTERS[country]
    const shown = [codec, ringWaveform, ringFrequencyHertz, ringVoltage, impedance].map(
      ({ value, source }) => `${value} (${source})`,
    )
    const last = callerId === undefined ? 'none found' : `${callerId.value} (${callerId.source})`
    // A bar would end a cell.
    const row = [country, ...shown, last].map((cell) => cell.replaceAll('|', '\\|'))
    expect(page).toContain(`| ${row.join(' | ')} |`)
  })
})
