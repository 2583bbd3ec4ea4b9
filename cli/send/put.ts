import { randomBytes } from 'node:crypto'
import { makeFaxId } from '../../shared/fax-id.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { requestToMetadata, type SendRequest } from '../../shared/transmission/send-request.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { CommandFailed } from '../subcommand.ts'

export interface Taken {
  id: string
  to: string
}

/** Puts a document where `submit` takes it; the ids follow from its name. Throws CommandFailed for what S3 would not keep. */
export async function put(
  { files }: Pick<Gateway, 'files'>,
  { site, request, document }: { site: string; request: SendRequest; document: Uint8Array },
): Promise<Taken[]> {
  const putAt = new Date()
  const key = outgoingKey({ site, documentId: makeFaxId(putAt, randomBytes(16)) })
  const metadata = metadataOf(request)
  await files.putNew({ key, bytes: document, metadata, contentType: 'application/pdf' })
  const numbers = new Map(request.to.map((written) => [bareNumber(written) ?? written, written]))
  return [...numbers].map(([destination, to]) => ({ id: transmissionIdOf({ key, destination, putAt }), to }))
}

function metadataOf(request: SendRequest): Record<string, string> {
  try {
    return requestToMetadata(request)
  } catch (error) {
    if (error instanceof RangeError) throw new CommandFailed(error.message)
    throw error
  }
}
