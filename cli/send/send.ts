import { withGateway } from '../gateway/with-gateway.ts'
import type { Subcommand } from '../subcommand.ts'
import { HELP, readCommandLine } from './command-line.ts'
import { readDocument } from './document.ts'
import { put } from './put.ts'
import { siteOf } from './site-of.ts'
import { tellOf } from './tell-of.ts'

export const send: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words, new Date())
  const document = await readDocument(command.files)
  return withGateway('send', command.choice, async (gateway) => {
    const site = await siteOf(gateway, command)
    const taken = await put(gateway, { site, request: command.request, document })
    return tellOf(gateway, command, taken)
  })
}
