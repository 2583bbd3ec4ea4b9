/**
 * The child's side of a local function, in the place of AWS's runtime for Node: loads the handler that _HANDLER names,
 * then asks the runtime API for one invocation after the other. Plain JavaScript, for it runs under the Node of the function
 * (FAXLANE_FUNCTION_NODE), without a loader.
 */
import http from 'node:http'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const lowestLevel = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? 'INFO')
/** The request id of the invocation under way. */
let requestId
/** The gateway keeps it open for as long as an invocation takes. */
const line = new http.Agent({ keepAlive: true })

logAsJson()
// Ctrl-C in a terminal goes to all processes there; when a function ends is the gateway's to say.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('uncaughtException', (error) => end(error, 'Runtime.UncaughtException'))
process.on('unhandledRejection', (error) => end(error, 'Runtime.UnhandledPromiseRejection'))
const handler = await loadHandler()
for (;;) await serve(await next())

async function loadHandler() {
  try {
    const [file, name] = process.env._HANDLER.split('.')
    const module = await import(pathToFileURL(path.join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)))
    if (typeof module[name] !== 'function') throw new Error(`${process.env._HANDLER} is no exported function`)
    return module[name]
  } catch (error) {
    await post('/init/error', describe(error))
    process.exit(1)
  }
}

async function next() {
  const { headers, body } = await call('GET', '/invocation/next')
  return {
    event: JSON.parse(body),
    requestId: headers['lambda-runtime-aws-request-id'],
    functionArn: headers['lambda-runtime-invoked-function-arn'],
    deadline: Number(headers['lambda-runtime-deadline-ms']),
  }
}

async function serve(invocation) {
  requestId = invocation.requestId
  try {
    const result = await handler(invocation.event, contextOf(invocation))
    await post(`/invocation/${requestId}/response`, result ?? null)
  } catch (error) {
    console.error('Invoke Error', describe(error))
    await post(`/invocation/${requestId}/error`, describe(error))
  }
  requestId = undefined
}

function contextOf({ requestId: awsRequestId, functionArn, deadline }) {
  return {
    awsRequestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

function end(error, errorType) {
  const description = { ...describe(error), errorType }
  console.error(errorType, description)
  const where = requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`
  post(where, description).finally(() => process.exit(129))
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: inspect(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
}

function post(where, value) {
  return call('POST', where, JSON.stringify(value))
}

/** The gateway ends by closing the connection: whatever breaks here means that there is nobody left to work for. */
function call(method, where, content) {
  return new Promise((resolve) => {
    const gone = () => process.exit(0)
    const request = http.request(`${api}${where}`, { method, agent: line }, (response) => {
      const chunks = []
      response.on('error', gone)
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }))
    })
    request.on('error', gone)
    request.end(content)
  })
}

/** Lambda's log format JSON: one object a line, with the level of the console method and the request id. */
function logAsJson() {
  for (const [method, level] of Object.entries({
    trace: 'TRACE',
    debug: 'DEBUG',
    log: 'INFO',
    info: 'INFO',
    warn: 'WARN',
    error: 'ERROR',
  })) {
    console[method] = (...values) => {
      if (LEVELS.indexOf(level) < lowestLevel) return
      const record = { timestamp: new Date().toISOString(), level, requestId, message: messageOf(values) }
      process.stdout.write(
        `${JSON.stringify(record, (_, value) => (value instanceof Error ? describe(value) : value))}\n`,
      )
    }
  }
}

function messageOf(values) {
  if (values.length !== 1)
    return values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')
  return values[0] instanceof Error ? describe(values[0]) : values[0]
}
