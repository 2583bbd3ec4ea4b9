import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { formatFinding } from '../shared/routing-table/finding.ts'
import type { PbxTable } from '../shared/routing-table/pbx-table.ts'
import { readTable, type TableReading } from '../shared/routing-table/read-table.ts'
import { visible } from '../shared/visible.ts'
import { fileProblem } from './file-problem.ts'
import { CommandFailed } from './subcommand.ts'

/** The table of a project that is checked out, seen from its folder. */
export const DEFAULT_TABLE_FILE = 'config/fax.conf'

/** A routing table from its file. Throws {@link CommandFailed} with all that is wrong in it. */
export function loadTable(file: string): DeployedTable {
  return loadTables(file).table
}

/** It and what it says for the PBXs of the sites. Throws as {@link loadTable}. */
export function loadTables(file: string): { table: DeployedTable; pbx: PbxTable } {
  const { table, pbx, findings } = readTableFile(file)
  if (table !== undefined && pbx !== undefined) return { table, pbx }
  const places = findings.length === 1 ? 'one place' : `${findings.length} places`
  throw new CommandFailed(
    [`${visible(file)} does not hold in ${places}:`, ...findings.map(formatFinding)].join('\n'),
  )
}

/** Throws a FileProblem where there is no such file. */
function readTableFile(file: string): TableReading {
  return readTable({ file, bytes: read(file), readFile: (path) => readBeside(file, path) })
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw fileProblem(error, 'read', file)
  }
}

/** A file that the table names, by its path from the table's folder; undefined if it can't be read, for whatever reason. */
export function readBeside(file: string, path: string): Uint8Array | undefined {
  try {
    return readFileSync(resolve(dirname(file), path))
  } catch {
    return undefined
  }
}
