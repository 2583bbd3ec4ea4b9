import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** As a reply: what a server should do. */
export const BEHAVE = 'behave'

/** What a server does on a command: a reply, several in turn (the last one stays), or anything at all. */
export type Reaction = string | readonly string[] | ((socket: Socket) => void)

export interface ScriptedServer {
  port: number
  /** The commands received, in order. */
  commands: string[]
  /** What was stored, by name, after renames. */
  files: Map<string, Buffer>
  close(): Promise<void>
}

/** An FTP server for the tests that behaves, but for the commands that are given a reaction. `greeting` is one of them. */
export async function startScriptedServer(reactions: Record<string, Reaction> = {}): Promise<ScriptedServer> {
  const commands: string[] = []
  const files = new Map<string, Buffer>()
  const sockets = new Set<Socket>()
  const uses = new Map<string, number>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.setEncoding('utf8')
    const session = makeSession(socket, files)
    const react = (verb: string, argument: string) => {
      const reaction = reactions[verb]
      if (typeof reaction === 'function') return reaction(socket)
      const use = uses.get(verb) ?? 0
      uses.set(verb, use + 1)
      const replies = typeof reaction === 'string' ? [reaction] : (reaction ?? [BEHAVE])
      const reply = replies[Math.min(use, replies.length - 1)]
      if (reply === BEHAVE) session(verb, argument)
      else socket.write(`${reply}\r\n`)
    }
    react('greeting', '')
    socket.on('data', (text: string) => {
      for (const line of text.split('\r\n').filter((line) => line !== '')) {
        commands.push(line)
        react(line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1))
      }
    })
  })
  const port = await listen(server)
  return {
    port,
    commands,
    files,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function makeSession(socket: Socket, files: Map<string, Buffer>) {
  let dataConnection: Promise<Socket> | undefined
  let renamed = ''
  const reply = (text: string) => socket.write(`${text}\r\n`)
  const openDataPort = () => {
    const dataServer = createServer()
    dataConnection = new Promise((resolve) => {
      dataServer.once('connection', (data) => {
        dataServer.close()
        resolve(data.on('error', () => {}))
      })
    })
    return listen(dataServer)
  }
  const sessions: Record<string, (argument: string) => void> = {
    greeting: () => reply('220 ready'),
    USER: () => reply('331 password?'),
    PASS: () => reply('230 welcome'),
    FEAT: () => reply('211-Features:\r\n SIZE\r\n211 End'),
    EPSV: async () => reply(`229 Entering Extended Passive Mode (|||${await openDataPort()}|)`),
    PASV: async () => {
      const port = await openDataPort()
      reply(`227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255})`)
    },
    STOR: async (name) => {
      reply('150 go on')
      const chunks: Buffer[] = []
      for await (const chunk of (await dataConnection) ?? []) chunks.push(chunk)
      files.set(name, Buffer.concat(chunks))
      reply('226 stored')
    },
    SIZE: (name) => reply(`213 ${files.get(name)?.byteLength ?? 0}`),
    RNFR: (name) => {
      renamed = name
      reply('350 to what?')
    },
    RNTO: (name) => {
      const bytes = files.get(renamed)
      if (bytes === undefined) return reply('550 nothing of that name')
      files.delete(renamed)
      files.set(name, bytes)
      return reply('250 renamed')
    },
    DELE: (name) => reply(files.delete(name) ? '250 deleted' : '550 nothing of that name'),
    QUIT: () => socket.end('221 bye\r\n'),
  }
  return (verb: string, argument: string) => {
    const act = sessions[verb]
    if (act === undefined) reply('200 ok')
    else act(argument)
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
