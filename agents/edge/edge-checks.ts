import { access, constants, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AwsClients } from '../daemon/aws-clients.ts'
import type { Check, CheckResult } from '../daemon/check.ts'
import {
  clockCheck,
  credentialsCheck,
  queueCheck,
  stateFolderCheck,
  uploadCheck,
} from '../daemon/common-checks.ts'
import { queueNames } from '../daemon/common-options.ts'
import type { EdgeConfig } from './edge-config.ts'
import { countRefused, spoolTrouble } from './spool-folder.ts'
import { REFUSED_FOLDER } from './spool-names.ts'
import { transmitChecks } from './transmit/transmit-checks.ts'

/** The user that the Debian package makes. */
export const USER = 'faxlane-edge'

export function edgeChecks(aws: AwsClients, config: EdgeConfig): Check[] {
  return [
    spoolCheck(config),
    refusedCheck(config),
    stateFolderCheck(config, USER),
    clockCheck(config, () => new Date()),
    credentialsCheck(aws, USER),
    uploadCheck(aws, config),
    queueCheck(aws, queueNames(config).reports),
    ...transmitChecks(aws, config),
  ]
}

const OTHERS_MAY_WRITE = 0o002
const GROUP_IS_HANDED_DOWN = 0o2000

/** Two users meet there: the PBX writes, the agent reads and removes. */
export function spoolCheck({ spool }: Pick<EdgeConfig, 'spool'>): Check {
  const fix =
    `install -d -o asterisk -g ${USER} -m 2770 ${spool}: Asterisk writes, the agent reads and removes by its group, ` +
    'and what is written there belongs to that group.'
  return {
    name: 'spool',
    run: async () => {
      const found = await stat(spool).catch((error: NodeJS.ErrnoException) => error)
      if (found instanceof Error) return { ok: false, text: `${spool}: ${found.code ?? found.message}`, fix }
      if (!found.isDirectory()) return { ok: false, text: `${spool} is no folder`, fix }
      const owner = `user ${found.uid}, group ${found.gid}, mode ${(found.mode & 0o7777).toString(8)}`
      const trouble = await spoolTrouble(spool)
      if (trouble !== undefined) return { ok: false, text: `${trouble} (${owner})`, fix }
      if ((found.mode & OTHERS_MAY_WRITE) !== 0)
        return { ok: false, text: `${spool}: everybody may write there (${owner})`, fix }
      if (process.getuid?.() !== found.uid && (found.mode & GROUP_IS_HANDED_DOWN) === 0)
        return { ok: false, text: `${spool}: files do not get the folder's group (${owner})`, fix }
      return await readable(spool, owner)
    },
  }
}

/** Asterisk's umask decides whether the agent may read what it wrote. */
async function readable(spool: string, owner: string): Promise<CheckResult> {
  const entries = await readdir(spool, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  for (const name of files) {
    try {
      await access(join(spool, name), constants.R_OK)
    } catch {
      const fix = `chgrp ${USER} ${join(spool, name)}; chmod g+r, and set umask = 0007 for Asterisk (UMask= in its unit)`
      return { ok: false, text: `${name} can not be read`, fix }
    }
  }
  return { ok: true, text: `${spool} can be read and written to, ${files.length} files (${owner})` }
}

export function refusedCheck({ spool }: Pick<EdgeConfig, 'spool'>): Check {
  const folder = join(spool, REFUSED_FOLDER)
  return {
    name: 'refused faxes',
    run: async () => {
      const count = await countRefused(spool)
      if (count === 0) return { ok: true, text: 'none' }
      const fix = `Each has its reason beside it. Once that is mended, move .tif and .facts back to ${spool}; or delete them.`
      return { ok: false, text: `${count} in ${folder}`, fix }
    },
  }
}
