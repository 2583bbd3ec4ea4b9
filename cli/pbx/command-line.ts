import { PBX_KINDS, type PbxKind } from '../../shared/routing-table/pbx-table.ts'
import { visible } from '../../shared/visible.ts'
import { DEFAULT_TABLE_FILE } from '../table-file.ts'
import { readWords, wrongUsage } from '../words.ts'

export interface CommandLine {
  table: string
  folder: string
  /** Absent: what each site's section says, else asterisk. */
  pbx: PbxKind | undefined
  /** Absent: all. */
  site: string | undefined
  check: boolean
  json: boolean
}

export const DEFAULT_FOLDER = 'pbx'

export const HELP = `Writes what a PBX needs, from the routing table: dialplan, trunk settings, profiles of analogue gateways, the
edge agent's user, for each site a folder, and in it STEPS.txt with what is left to do by hand.

Usage: faxlane pbx [--out DIR] [--pbx KIND] [--site SITE] [--table FILE] [--json]
       faxlane pbx --check [--out DIR] ...

  --out DIR     the folder (${DEFAULT_FOLDER}); each site's files go to DIR/SITE
  --pbx KIND    ${PBX_KINDS.join(', ')}; xivo is Wazo as well. Without it: what the site's section
                says, else asterisk
  --site SITE   this site alone
  --table FILE  the routing table (${DEFAULT_TABLE_FILE})
  --check       writes nothing, and says what lies there otherwise than the table would have it
  --json        the files and what became of each, as one JSON object
  --help        this text

The same table gives the same bytes: keep DIR in version control, and a change is a diff. Only files that this command wrote
before are replaced; no other file in DIR is touched.

Exit code: 0 written, or with --check all is as it should be; 1 something differs or could not be written, 2 wrong usage.
`

/** Throws WrongUsage. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = readWords('pbx', words, {
    out: { type: 'string', default: DEFAULT_FOLDER },
    pbx: { type: 'string' },
    site: { type: 'string' },
    table: { type: 'string', default: DEFAULT_TABLE_FILE },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const [stray] = positionals
  if (stray !== undefined)
    throw wrongUsage('pbx', `${visible(stray)} is no option; the folder is --out, the table --table`)
  if (values.out === '') throw wrongUsage('pbx', '--out names no folder')
  const pbx = PBX_KINDS.find((kind) => kind === values.pbx)
  if (values.pbx !== undefined && pbx === undefined)
    throw wrongUsage('pbx', `there is no PBX ${visible(values.pbx)}; there is ${PBX_KINDS.join(', ')}`)
  const { table, out: folder, site, check, json } = values
  return { table, folder, pbx, site, check, json }
}
