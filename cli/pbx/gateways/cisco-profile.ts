import type { Gateway, Line, LineT38 } from '../../../shared/routing-table/pbx-table.ts'
import { fskStandardOf, LINE_CHARACTERS, type LineCharacter } from './countries.ts'

/** A parameter of the flat profile, as the device's web page names it, with _ for blanks. */
export interface Parameter {
  name: string
  value: string
  /** Whether users may change it on the device: na not at all, rw they may. */
  userAccess: 'na' | 'rw'
}

/** spa: SPA122, 2102, 3102 and 8000. ata: ATA 191 and 192, which know fewer parameters and other words for some values. */
export type Family = 'spa' | 'ata'

export function familyOf(model: Gateway['model']): Family | undefined {
  if (model.startsWith('spa')) return 'spa'
  return model.startsWith('ata') ? 'ata' : undefined
}

/** What the fax lines of a device and the device itself need. `family` is the model's. */
export function ciscoParameters(gateway: Gateway, lines: readonly Line[], family: Family): Parameter[] {
  const character = LINE_CHARACTERS[gateway.country]
  return [
    ...lines.flatMap((line) => lineParameters(line, character, family)),
    ...deviceParameters(character, family),
  ]
}

function lineParameters(line: Line, { codec }: LineCharacter, family: Family): Parameter[] {
  const port = line.gateway?.port ?? 1
  const enablesT38: Record<LineT38, string> = { adapter: 'Yes', gateway: 'No', off: 'No' }
  const values: [name: string, value: string][] = [
    ['Dial_Plan', '([x*#].)'],
    ['Call_Waiting_Serv', 'No'],
    ['Three_Way_Call_Serv', 'No'],
    ['Preferred_Codec', codec.value],
    ['Use_Pref_Codec_Only', 'Yes'],
    ['Silence_Supp_Enable', 'No'],
    ['Echo_Canc_Enable', 'No'],
    // The newer firmware has one switch for all three.
    ...(family === 'spa'
      ? ([
          ['Echo_Canc_Adapt_Enable', 'No'],
          ['Echo_Supp_Enable', 'No'],
        ] as [string, string][])
      : []),
    ['DTMF_Tx_Mode', 'Normal'],
    ['FAX_Enable_T38', enablesT38[line.t38]],
    ['FAX_T38_Redundancy', '1'],
    ['FAX_Passthru_Method', 'ReINVITE'],
    ['FAX_Passthru_Codec', codec.value],
    ['FAX_Disable_ECAN', 'Yes'],
    ['FAX_Tone_Detect_Mode', 'caller or callee'],
    ['Network_Jitter_Level', 'very high'],
    ['Jitter_Buffer_Adjustment', family === 'spa' ? 'disable' : 'No'],
  ]
  return values.map(([name, value]) => ({ name: `${name}_${port}_`, value, userAccess: 'na' }))
}

function deviceParameters(character: LineCharacter, family: Family): Parameter[] {
  const { codec, ringWaveform, ringFrequencyHertz, ringVoltage, impedance, callerId } = character
  const na = (name: string, value: string): Parameter => ({ name, value, userAccess: 'na' })
  const rw = (name: string, value: string): Parameter => ({ name, value, userAccess: 'rw' })
  return [
    na('RTP_Packet_Size', '0.020'),
    ...(family === 'spa' ? [na('RTP-Start-Loopback_Codec', codec.value)] : []),
    rw('Ring_Waveform', ringWaveform.value),
    rw('Ring_Frequency', String(ringFrequencyHertz.value)),
    rw('Ring_Voltage', String(ringVoltage.value)),
    na('FXS_Port_Impedance', impedanceFor(impedance.value, family)),
    ...(callerId === undefined
      ? []
      : [
          na('Caller_ID_Method', callerId.value),
          na('Caller_ID_FSK_Standard', fskStandardOf(callerId.value)),
        ]),
  ]
}

/** The ATA 19x has no impedance of TBR 21; the nearest that it has is the German one. */
function impedanceFor(impedance: LineCharacter['impedance']['value'], family: Family): string {
  return family === 'ata' && impedance === '270+750||150nF' ? '220+820||115nF' : impedance
}
