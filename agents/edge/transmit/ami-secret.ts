import { open } from 'node:fs/promises'
import { ConfigError } from '../../daemon/read-config.ts'

const OTHERS_MAY_READ = 0o004

/**
 * The secret of the manager's user: the file's one line.
 * @throws ConfigError where the file can't be read, or everybody can
 */
export async function readAmiSecret(file: string): Promise<string> {
  const fix = `install -m 0640 -g faxlane-edge /dev/null ${file}, and write the secret of manager.conf into it.`
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`${file}: ami_user is set, and its secret can not be read (${error.code}). ${fix}`)
  })
  try {
    const { mode } = await handle.stat()
    if ((mode & OTHERS_MAY_READ) !== 0) {
      throw new ConfigError(`${file}: everybody on this machine can read the secret. chmod o= ${file}`)
    }
    const secret = (await handle.readFile('utf8')).replace(/\r?\n$/, '')
    if (secret === '' || /\p{Cc}/u.test(secret)) {
      throw new ConfigError(`${file}: the secret is one line, and not empty. ${fix}`)
    }
    return secret
  } finally {
    await handle.close()
  }
}
