import { visible } from '../../shared/visible.ts'
import { count, sizeInWords } from '../faxes/amounts.ts'
import { factLines } from '../terminal/facts.ts'
import type { Screen } from '../terminal/screen.ts'
import { wrap } from '../terminal/wrap.ts'
import type { Planned } from './planned.ts'

/** What became of a fax that was only tried. Its fields are the JSON that is printed, so they are part of the interface. */
export interface SimulationReport {
  /** Where it was tried: a gateway, or this process with a file's table. */
  by: string
  /** The record that the gateway keeps of it; absent where no gateway was asked. */
  fax?: string
  number: string
  /** Why it would not be delivered. */
  reason?: string
  pages?: number
  damagedRows?: number
  pdfBytes?: number
  warnings: string[]
  deliveries: Planned[]
}

export function describe(screen: Pick<Screen, 'columns' | 'paint'>, report: SimulationReport): string {
  const { by, fax, number, reason, pages, damagedRows = 0, pdfBytes = 0, warnings, deliveries } = report
  const { paint, columns } = screen
  const converted =
    pages === undefined
      ? []
      : [
          `Converted: ${count(pages, 'page')}, ${count(damagedRows, 'damaged row')}, PDF of ${sizeInWords(pdfBytes)}`,
        ]
  const verdict =
    reason === undefined
      ? `Nothing was delivered. A fax for ${number} would go to ${count(deliveries.length, 'backend')}:`
      : paint('red', `A fax for ${number} would be delivered to nobody: ${visible(reason)}`)
  return [
    ...wrap(`Simulated by ${visible(by)}${fax === undefined ? '' : `, as ${fax}`}`, columns),
    ...converted,
    ...warnings.flatMap((warning) => wrap(`Remark: ${visible(warning)}`, columns)),
    ...wrap(verdict, columns),
    ...deliveries.flatMap(({ backend, facts }) => ['', paint('cyan', backend), ...factLines(screen, facts)]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
