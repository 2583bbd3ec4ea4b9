import type { Context } from './context.ts'
import { DESTINATION_VARIABLE } from './names.ts'

export const KEY_VARIABLE = 'FAXLANE_KEY'

/** Bytes of a stranger's text that are handed over; S3's metadata takes no more. */
const MOST_BYTES = 120
/**
 * Asterisk looks for an offset (`${X:1:2}`) behind the last bracket that closes: a text such as `a):1` inside `${BASE64_ENCODE(…)}`
 * closes it early, and cuts the value (parse_variable_name in main/pbx_variables.c). With more opening brackets in front than the text
 * has bytes, none of its own can be the last. Being a multiple of three, they are Base64 of their own, which is cut off again.
 */
const GUARD = '('.repeat(123)
const GUARD_BASE64 = Buffer.from(GUARD).toString('base64')

/** Facts that are never empty, and never a stranger's. */
const OWN_FACTS = [
  ['destination', `\${${DESTINATION_VARIABLE}}`],
  ['status', '${FAXLANE_STATUS}'],
  ['call', '${UNIQUEID}'],
  ['received', '${EPOCH}'],
] as const

/** Facts that may be empty, where BASE64_ENCODE would complain in the log, or that a stranger's machine or the network says. */
const GUARDED_FACTS = [
  ['pages', 'FAXOPT(pages)'],
  ['rate', 'FAXOPT(rate)'],
  ['resolution', 'FAXOPT(resolution)'],
  ['mode', 'FAXMODE'],
  ['error', 'FAXOPT(error)'],
  ['source', 'CALLERID(num)'],
  ['name', 'CALLERID(name)'],
  ['station', 'FAXOPT(remotestationid)'],
] as const

/**
 * The hangup handler, which runs once for every call and after the TIFF is closed: it writes the facts beside the TIFF, by functions of the
 * dialplan alone. No shell sees a number, a name or a station ID, and Base64 lets none of them end a line.
 */
export function handOverContext(name: string, spool: string): Context {
  const write = (line: string) => `Set(FILE(\${FAXLANE_FACTS},,,al,u)=${line})`
  return {
    name,
    about: [
      'Hangup handler: hands the fax over to faxlane-edge, as NAME.tif and NAME.facts; "end" is the last line. Failed and broken',
      'receptions are handed over as well. A caller with ID "): 1" or `reboot` is text: nothing here runs a program.',
    ],
    extensions: [
      {
        exten: 's',
        steps: [
          `Set(FAXLANE_FACTS=${spool}/\${${KEY_VARIABLE}}.facts)`,
          'Set(FAXLANE_STATUS=${FAXOPT(status)})',
          'ExecIf($["${FAXLANE_STATUS}" = ""]?Set(FAXLANE_STATUS=FAILED))',
          ...OWN_FACTS.map(([fact, value]) => write(`${fact}=\${BASE64_ENCODE(${value})}`)),
          `Set(FAXLANE_GUARD=\${BASE64_DECODE(${GUARD_BASE64})})`,
          ...GUARDED_FACTS.flatMap(([fact, value]) => [
            `Set(FAXLANE_VALUE=\${BASE64_ENCODE(\${FAXLANE_GUARD}\${${value}:0:${MOST_BYTES}})})`,
            write(`${fact}=\${FAXLANE_VALUE:${GUARD_BASE64.length}}`),
          ]),
          write('end'),
          'Return()',
        ],
      },
    ],
  }
}
