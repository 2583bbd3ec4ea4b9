import { type Client, FTPError } from 'basic-ftp'

/** 421, which a server may answer to any command. What is no folder is mostly 550, though 431, 450 and 553 occur. */
const SHUTTING_DOWN = 421

/**
 * Changes into `path`, from the folder that the login led to unless it starts with a slash, and makes what is missing of it.
 * The whole path is tried as it stands first: a user may be allowed to enter a folder whose parents are closed to him.
 */
export async function enterDirectory(client: Client, path: string): Promise<void> {
  try {
    await client.send(`CWD ${path}`)
  } catch (error) {
    if (!(error instanceof FTPError && error.code !== SHUTTING_DOWN)) throw error
    await makeAndEnter(client, path)
  }
}

async function makeAndEnter(client: Client, path: string): Promise<void> {
  if (path.startsWith('/')) await client.send('CWD /')
  for (const name of path.split('/').filter((name) => name !== '')) {
    const made = await client.sendIgnoringError(`MKD ${name}`)
    const entered = await client.sendIgnoringError(`CWD ${name}`)
    if (entered.code < 400) continue
    // One of the two says why: closed to this user, or not to be made by him.
    const message = made.code < 400 ? entered.message : `${entered.message} (MKD: ${made.message})`
    throw new FTPError({ code: entered.code, message })
  }
}
