import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { formatFinding } from '../shared/routing-table/finding.ts'
import { readTable } from '../shared/routing-table/read-table.ts'
import { ConfigurationError } from './configuration-error.ts'

/**
 * Reads and checks the routing table. `tell` gets what is worth a word and stops nothing. Throws a ConfigurationError with all that
 * is wrong.
 */
export function loadTable(file: string, tell: (text: string) => void): DeployedTable {
  const bytes = readIfPossible(file)
  if (bytes === undefined) {
    throw new ConfigurationError(
      `There is no routing table to read at ${resolve(file)}. Write one there, or name another with -c config=FILE.`,
    )
  }
  const { table, findings, notes } = readTable({
    file,
    bytes,
    // Other files are named from where the table is, so that a configuration folder can be moved as a whole.
    readFile: (path) => readIfPossible(resolve(dirname(file), path)),
  })
  for (const note of notes) tell(formatFinding(note))
  if (table === undefined || findings.length > 0) {
    const places = findings.length === 1 ? 'one place' : `${findings.length} places`
    throw new ConfigurationError(
      [
        ...findings.map(formatFinding),
        `The routing table does not hold in ${places}. Nothing was synthesized.`,
      ].join('\n'),
    )
  }
  return table
}

/** Whatever keeps a file from being read, the one who named it hears that it can't be. */
function readIfPossible(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
