import { type Finding, formatFinding } from '../../shared/routing-table/finding.ts'
import { visible } from '../../shared/visible.ts'
import type { Screen } from '../terminal/screen.ts'
import { wrap } from '../terminal/wrap.ts'
import type { Remark } from './work.ts'

export interface ImportReport {
  /** XiVO's file, and the table that was written. */
  file: string
  output: string
  remarks: readonly Remark[]
  /** Files that were written beside the table. */
  files: readonly string[]
  /** Whether a list says who gets the mails. */
  hasRecipients: boolean
  secrets: readonly { name: string; section: string; command: string }[]
  /** What keeps the table from being deployed, and what its reader remarks. */
  findings: readonly Finding[]
  notes: readonly Finding[]
}

type Look = Pick<Screen, 'columns' | 'paint'>

const TITLES = {
  changed: 'Changed, with the same effect',
  broken: 'Silently broken in the XiVO',
  know: 'To know',
} as const satisfies Record<Remark['kind'], string>

const XIVO_RECIPIENTS =
  "SELECT e.exten, d.actionarg1 FROM dialaction d JOIN extensions e ON e.type = 'incall' AND e.typeval = d.categoryval " +
  "WHERE d.category = 'incall' AND d.action = 'application:faxtomail'"

/** XiVO had them at its incoming calls, in its database. */
const RECIPIENTS_HINT = [
  '  XiVO had the addresses at its incoming calls. On the XiVO this prints them, a line for each number:',
  `  sudo -u postgres psql asterisk -AtF, -c "${XIVO_RECIPIENTS}" > recipients.csv`,
  '  Then once more, with --recipients recipients.csv',
]

export function describe(screen: Look, report: ImportReport): string {
  const { file, output, remarks, files, secrets, findings, notes } = report
  const kinds = (Object.keys(TITLES) as Remark['kind'][]).map((kind) => ({
    title: TITLES[kind],
    lines: remarks.filter((one) => one.kind === kind).flatMap((one) => remarkLines(screen, one)),
  }))
  const blocks = [
    ...kinds,
    {
      title: 'Passwords, each to be put into its secret once the deployment has made it',
      lines: secrets.map(({ command }) => `  ${command}`),
    },
    { title: 'Remarks on the new table', lines: notes.map(formatFinding) },
    { title: 'Left to you: the new table does not hold yet', lines: findings.map(formatFinding) },
    {
      title: 'Who gets the mails',
      lines: lacksRecipients(report) ? RECIPIENTS_HINT : [],
    },
  ].filter(({ lines }) => lines.length > 0)
  const written = [output, ...files].map(visible).join(', ')
  const verdict =
    findings.length === 0
      ? screen.paint(
          'green',
          `${visible(output)} holds. Next: faxlane explain NUMBER --table ${visible(output)}`,
        )
      : screen.paint(
          'red',
          `The new table does not hold in ${findings.length === 1 ? 'one place' : `${findings.length} places`}.`,
        )
  return [
    `${visible(file)} -> ${written}`,
    ...blocks.flatMap(({ title, lines }) => ['', screen.paint('bold', title), ...lines]),
    '',
    verdict,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

const lacksRecipients = ({ hasRecipients, findings }: ImportReport) =>
  !hasRecipients && findings.some(({ problem }) => problem.includes('no recipient'))

function remarkLines({ columns, paint }: Look, { line, section, text }: Remark): string[] {
  const place = line === undefined ? '' : `line ${line}`
  const named =
    section === undefined || section === '' || text.includes(`[${section}]`) ? '' : `[${section}] `
  const width = 10
  return wrap(visible(`${named}${text}`), columns - width - 2).map(
    (part, index) => `  ${paint('dim', (index === 0 ? place : '').padEnd(width))}${part}`,
  )
}
