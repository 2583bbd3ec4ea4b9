import { FAX_PROGRESS } from '../../../shared/transmission/pbx-words.ts'
import type { AmiMessage } from '../ami/ami-message.ts'

/** What is known of a call. Events come in no fixed order, and some get lost with a connection. */
export interface CallFacts {
  /** Asterisk's name of the channel. */
  channel?: string
  /** Milliseconds since 1970, as all times here. */
  answeredAt?: number
  /** OriginateResponse said Failure, with its Reason. */
  notConnected?: { reason: number | undefined }
  hangup?: { cause: number | undefined; text: string | undefined; at: number }
  /** The dialplan's last word. */
  result?: { status: string; error: string; statusText: string }
  /** The dialplan had a last word, and SendFAX had never run. */
  neverBegan?: true
  /** The most that was told, by whichever event. */
  pagesSent: number
  rate?: number
  remoteStationId?: string
}

export const NOTHING_KNOWN: CallFacts = { pagesSent: 0 }

/** AST_STATE_UP. */
const UP = '6'

/** What is known after an event of any call; the same object where it says nothing of this one. */
export function afterEvent(facts: CallFacts, event: AmiMessage, uniqueId: string, at: number): CallFacts {
  if (event.get('Uniqueid') !== uniqueId && event.get('ActionID') !== uniqueId) return facts
  const answered = facts.answeredAt ?? at
  switch (event.event) {
    case 'Newchannel':
      return { ...facts, ...named(event) }
    case 'Newstate':
    // Status is asked for, and says the same.
    case 'Status':
      return {
        ...facts,
        ...named(event),
        ...(event.get('ChannelState') === UP && { answeredAt: answered }),
      }
    case 'OriginateResponse':
      if (event.get('Response') === 'Success') return { ...facts, ...named(event), answeredAt: answered }
      return { ...facts, notConnected: { reason: event.count('Reason') } }
    case 'FAXStatus':
      return { ...facts, ...named(event), answeredAt: answered }
    case 'SendFAX':
      return afterProgress(facts, event)
    case 'UserEvent':
      return event.get('UserEvent') === FAX_PROGRESS.event ? withResult(facts, event) : facts
    case 'Hangup':
      return { ...facts, hangup: { cause: event.count('Cause'), text: event.get('Cause-txt'), at } }
    default:
      return facts
  }
}

function named(event: AmiMessage): Pick<CallFacts, 'channel'> {
  const channel = event.get('Channel')
  return channel === undefined ? {} : { channel }
}

/** What is known after an event that tells how far a fax has come. */
export function afterProgress(facts: CallFacts, event: AmiMessage): CallFacts {
  const told = progress(facts, {
    pages: event.count('PagesTransmitted') ?? event.count('PagesTransferred'),
    rate: event.count('DataRate') ?? event.count('TransferRate'),
    station: event.get('RemoteStationID'),
  })
  return { ...facts, ...told }
}

function withResult(facts: CallFacts, event: AmiMessage): CallFacts {
  const status = event.get(FAX_PROGRESS.status) ?? ''
  const told = progress(facts, {
    pages: event.count(FAX_PROGRESS.pages),
    rate: event.count(FAX_PROGRESS.rate),
    station: event.get(FAX_PROGRESS.remoteStationId),
  })
  // Extension h runs as well for a call in which SendFAX never did.
  if (status !== 'SUCCESS' && status !== 'FAILED') return { ...facts, ...told, neverBegan: true }
  const error = event.get(FAX_PROGRESS.error) ?? ''
  return {
    ...facts,
    ...told,
    result: { status, error, statusText: event.get(FAX_PROGRESS.statusText) ?? '' },
  }
}

function progress(
  facts: CallFacts,
  {
    pages = 0,
    rate,
    station,
  }: { pages?: number | undefined; rate: number | undefined; station: string | undefined },
): Pick<CallFacts, 'pagesSent' | 'rate' | 'remoteStationId'> {
  return {
    pagesSent: Math.max(facts.pagesSent, pages),
    ...(rate !== undefined && rate > 0 && { rate }),
    ...(station !== undefined && station !== '' && { remoteStationId: station }),
  }
}

/** All is known that will be: nothing more need be waited for. */
export function isSettled({ hangup, result, neverBegan, notConnected }: CallFacts): boolean {
  const isTold = result !== undefined || neverBegan === true || notConnected !== undefined
  return hangup !== undefined && isTold
}
