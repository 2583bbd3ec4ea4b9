import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import * as z from 'zod'
import { AwsError } from './aws-error.ts'
import type { Place } from './stand-in.ts'

export interface DynamoDb {
  endpoint: string
  createTable(input: CreateTableCommandInput): Promise<void>
  close(): Promise<void>
}

const CLOSE_MILLISECONDS = 2000
const TABLE_ACTIVE_MILLISECONDS = 5000
const POLL_MILLISECONDS = 5

/** dynalite, on its own port, with the tables in ledger/. Signatures are not checked; transactions are unknown to it. */
export async function startDynamoDb(place: Place): Promise<DynamoDb> {
  const path = place.folder('ledger')
  await mkdir(path, { recursive: true, mode: 0o700 })
  await checkDatabase(path)
  const server = dynalite({
    path,
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  })
  guard(server, place)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = (action: string, input: object) => post(endpoint, place, action, input)
  return {
    endpoint,
    async createTable(input) {
      const created = await call('CreateTable', supported(input))
      if (created.error !== undefined && !created.error.endsWith('#ResourceInUseException'))
        throw new Error(
          `dynalite refuses the table ${input.TableName}: ${created.error} ${created.message ?? ''}`,
        )
      await untilActive(() => call('DescribeTable', { TableName: input.TableName }), input.TableName ?? '')
    },
    close: () =>
      new Promise((resolve, reject) => {
        const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS)
        server.close((error) => {
          clearTimeout(impatient)
          if (error) reject(error)
          else resolve()
        })
      }),
  }
}

/**
 * dynalite opens its database late and unseen, and throws out of the process when that failed: a second gateway on the
 * same folder would end so. Hence it is opened once before, with dynalite's own library.
 */
async function checkDatabase(path: string): Promise<void> {
  const { Level }: LevelModule = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level')
  const database = new Level(path)
  try {
    await database.open()
    await database.close()
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED')
      throw new Error(
        `Another gateway runs on ${dirname(path)}: stop it, or give this one a folder of its own.`,
      )
    throw new Error(`The ledger in ${path} does not open: ${cause instanceof Error ? cause.message : error}`)
  }
}

interface LevelModule {
  Level: new (path: string) => { open(): Promise<void>; close(): Promise<void> }
}

/**
 * In front of dynalite, which throws out of the process when a caller goes away in the middle of a request, and lets any
 * web page call it that finds the port.
 */
function guard(server: Server, place: Place): void {
  const [listener] = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? []
    if (!place.authorizer.knows(accessKeyId) || request.headers.origin !== undefined)
      return refuse(response, {
        __type: 'com.amazon.coral.service#UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      })
    readWhole(request)
      .then((body) => {
        const denial = denialOf(place, accessKeyId, request, body)
        if (denial !== undefined) return refuse(response, denial)
        listener?.call(server, replayed(request, body), response)
      })
      .catch(() => response.destroy())
  })
}

interface Refusal {
  __type: string
  message: string
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(JSON.stringify(refusal))
}

async function readWhole(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** A request of its own for dynalite, which reads bodies by itself. */
function replayed({ method, url, headers, httpVersion, socket }: IncomingMessage, body: Buffer) {
  return Object.assign(Readable.from([body]), { method, url, headers, httpVersion, socket })
}

function denialOf(
  { authorizer }: Place,
  accessKeyId: string,
  { method = '', url = '/', headers }: IncomingMessage,
  body: Buffer,
): Refusal | undefined {
  const target = headers['x-amz-target']
  const call = {
    method,
    path: url,
    query: [],
    headers: typeof target === 'string' ? { 'x-amz-target': target } : {},
  }
  try {
    authorizer.authorize(accessKeyId, 'dynamodb', call, body)
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { __type: `com.amazon.coral.service#${error.code}Exception`, message: error.message }
  }
}

/** Without what dynalite does not know: encryption, point-in-time recovery, streams and the like say nothing locally. */
function supported({
  TableName,
  AttributeDefinitions,
  KeySchema,
  BillingMode,
  ProvisionedThroughput,
  GlobalSecondaryIndexes,
  LocalSecondaryIndexes,
}: CreateTableCommandInput) {
  return {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ProvisionedThroughput,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
  }
}

async function untilActive(describe: () => Promise<TableAnswer>, tableName: string): Promise<void> {
  const deadline = Date.now() + TABLE_ACTIVE_MILLISECONDS
  for (;;) {
    const { status } = await describe()
    if (status === 'ACTIVE') return
    if (Date.now() > deadline)
      throw new Error(
        `The table ${tableName} is ${status ?? 'not there'} and does not become ACTIVE. Remove the folder ledger/ of the local gateway to start with an empty ledger.`,
      )
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS))
  }
}

const answerSchema = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Table: z.object({ TableStatus: z.string() }).optional(),
})

interface TableAnswer {
  error: string | undefined
  message: string | undefined
  status: string | undefined
}

/** By hand: the SDK's client would cost the gateway's start more than all the rest of it. */
async function post(
  endpoint: string,
  { accessKeyId, region }: Place,
  action: string,
  input: object,
): Promise<TableAnswer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': '20260101T000000Z',
      // dynalite looks whether there is a signature, not whether it is right.
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      connection: 'close',
    },
    body: JSON.stringify(input),
  })
  const { __type: error, message, Table } = answerSchema.parse(await response.json())
  return { error, message, status: Table?.TableStatus }
}
