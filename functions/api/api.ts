import { faxIdSchema } from '../../shared/fax-id.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { maySend } from '../submit/plan-transmissions.ts'
import { type Answer, answer, refuse } from './answer.ts'
import { type CancelDependencies, cancel } from './cancel.ts'
import { type ListDependencies, listFaxes } from './list-faxes.ts'
import { type PostDependencies, postFaxes } from './post-faxes.ts'
import type { ApiRequest } from './request.ts'
import { viewOf } from './shapes.ts'

export type ApiDependencies = PostDependencies &
  ListDependencies &
  CancelDependencies & { ledger: TransmissionLedger }

/** `/faxes` and `/faxes/ID`. IAM has let the caller through; whom the routing table lets send by a section may also see what it sent. */
export async function serveApi(dependencies: ApiDependencies, request: ApiRequest): Promise<Answer> {
  const [, folder, id, ...rest] = request.path.replace(/\/$/, '').split('/')
  if (folder !== 'faxes' || rest.length > 0) return refuse(404, 'There is /faxes, and /faxes/ID.')
  if (id !== undefined) return serveOne(dependencies, request, id)
  switch (request.method) {
    case 'POST':
      return postFaxes(dependencies, request)
    case 'GET':
      return listFaxes(dependencies, request.query, (record) => maySee(dependencies, request, record))
    default:
      return notAllowed('GET, POST')
  }
}

async function serveOne(dependencies: ApiDependencies, request: ApiRequest, id: string): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'DELETE') return notAllowed('GET, DELETE')
  const record = faxIdSchema.safeParse(id).success ? await dependencies.ledger.getTransmission(id) : undefined
  if (record === undefined || !maySee(dependencies, request, record))
    return refuse(404, 'There is no such fax.')
  if (request.method === 'GET') return answer(200, viewOf(record))
  const cancellation = await cancel(dependencies, record, request.sender.name)
  if ('canceled' in cancellation) return answer(200, viewOf(cancellation.canceled))
  return refuse(409, cancellation.why)
}

function maySee({ rules }: ApiDependencies, { sender }: ApiRequest, record: TransmissionRecord): boolean {
  if (sender.principals.includes(record.sender)) return true
  const profile = rules.profiles.find(({ name }) => name === record.outbound)
  return profile !== undefined && maySend(profile, sender)
}

function notAllowed(allowed: string): Answer {
  return {
    ...refuse(405, `Here is ${allowed}.`),
    headers: { 'content-type': 'application/json', allow: allowed },
  }
}
