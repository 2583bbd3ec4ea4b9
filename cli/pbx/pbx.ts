import { join } from 'node:path'
import type { PbxKind, PbxSite, PbxTable } from '../../shared/routing-table/pbx-table.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { loadTables } from '../table-file.ts'
import { wrongUsage } from '../words.ts'
import { type CommandLine, HELP, readCommandLine } from './command-line.ts'
import { compare, type Fate, type Placed, place } from './place.ts'
import { filesOf } from './plan.ts'
import { PBX_NAMES, STEPS_FILE } from './steps.ts'

export const pbx: Subcommand = { help: HELP, run }

/** What is printed with --json, so its fields are part of the interface. */
interface SiteReport {
  site: string
  pbx: PbxKind
  folder: string
  files: Placed[]
  notes: string[]
}

async function run(words: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(words)
  const sites = sitesOf(loadTables(commandLine.table).pbx, commandLine)
  const reports: SiteReport[] = []
  for (const site of sites) {
    const kind = commandLine.pbx ?? site.pbx ?? 'asterisk'
    const folder = join(commandLine.folder, site.name)
    const work = commandLine.check ? compare : place
    const files = await work(folder, filesOf(site, kind))
    reports.push({ site: site.name, pbx: kind, folder, files, notes: notesOn(site, kind) })
  }
  process.stdout.write(
    commandLine.json ? `${visibleJson({ sites: reports })}\n` : describe(reports, commandLine),
  )
  const isRight = reports.every(({ files }) =>
    files.every(({ fate }) => IS_RIGHT[fate] || (fate === 'leftover' && !commandLine.check)),
  )
  return isRight ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function sitesOf({ sites }: PbxTable, { site: wanted, table }: CommandLine): readonly PbxSite[] {
  if (wanted === undefined) return sites
  const found = sites.filter(({ name }) => name === wanted)
  if (found.length > 0) return found
  const known = sites.map(({ name }) => name).join(', ')
  throw wrongUsage('pbx', `${visible(table)} has no site ${visible(wanted)}; it has ${known}`)
}

const IS_RIGHT: Record<Fate, boolean> = {
  written: true,
  unchanged: true,
  missing: false,
  differs: false,
  foreign: false,
  leftover: false,
}

const FATES: Record<Fate, string> = {
  written: 'written',
  unchanged: 'as it was',
  missing: 'is not there',
  differs: 'differs',
  foreign: 'left alone: this file is not of faxlane, move it away first',
  leftover: 'left over: the table no longer makes it, so delete it here and on the PBX',
}

function describe(reports: readonly SiteReport[], { check }: CommandLine): string {
  return reports
    .map(({ site, pbx: kind, folder, files, notes }) => {
      const width = Math.max(...files.map(({ path }) => path.length))
      const lines = files.map(({ path, fate }) => `  ${path.padEnd(width)}  ${FATES[fate]}`)
      const steps = check ? [] : [`  What is left to do by hand: ${visible(join(folder, STEPS_FILE))}`]
      const headline = `${site}, ${PBX_NAMES[kind]}: ${visible(folder)}/`
      return [headline, ...lines, ...notes.map((note) => `  Note: ${note}`), ...steps]
        .map((line) => `${line}\n`)
        .join('')
    })
    .join('\n')
}

/** What an admin may not have thought of. */
function notesOn(site: PbxSite, kind: PbxKind): string[] {
  const runsDialplan = kind === 'asterisk' || kind === 'xivo' || kind === 'freepbx'
  const hasNumbers = site.direct.length > 0 || site.detected.length > 0 || site.takesAny
  return [
    ...(site.country === undefined && runsDialplan
      ? [
          'no country is said, so A-law is used: country = US in [general] or in the site’s section makes it µ-law',
        ]
      : []),
    ...(site.stationId === undefined
      ? ['no station_id is said: the other side’s journal shows no number of ours']
      : []),
    ...(hasNumbers ? [] : ['no number of the table is received here']),
    ...(runsDialplan && site.trunks.length === 0
      ? ['no [trunk_…] is at this site, so there are no T.38 settings and no context that dials out']
      : []),
  ]
}
