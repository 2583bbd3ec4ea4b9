import { type AskingCall, queueOf } from './iam/access-requests.ts'

/** One call, as AWS bills it: a batch is one, whatever is in it. */
export interface AwsCall {
  /** As signatures name it. */
  service: string
  /** As the JSON protocols name it, else the HTTP method. */
  action: string
  /** A function, or `owner`: the agents, Lambda's pollers, commands. */
  caller: string
  /** The queue, or the folder of the bucket; else empty. */
  place: string
}

export function awsCall(caller: string, service: string, call: AskingCall, body: Buffer): AwsCall {
  const action = call.headers['x-amz-target']?.split('.').at(-1) ?? call.method
  return { service, action, caller, place: placeOf(service, call, body) }
}

/** A key is /BUCKET/FOLDER/... */
function placeOf(service: string, { path }: AskingCall, body: Buffer): string {
  if (service === 'sqs') return queueOf(body)
  return service === 's3' ? (path.split('/')[2] ?? '') : ''
}
