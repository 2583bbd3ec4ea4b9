import type { Construct } from 'constructs'
import type { Notices } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { NOTIFY } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { domainsOf, type IdentityMode, senderIdentityArns } from './sender-identities.ts'

interface NotifyProps {
  names: Names
  notices: Notices
  identities: IdentityMode
  assetFolders: AssetFolders
  /** Where `download` answers. */
  linkUrl: string
}

/** Tells operators of what went wrong. Of its own: none of the functions that find it out may send mail to them. */
export function notifyFunction(
  scope: Construct,
  { names, notices, identities, assetFolders, linkUrl }: NotifyProps,
): GatewayFunction {
  const from = [notices.from.address]
  const notify = new GatewayFunction(scope, 'Notify', {
    names,
    functionName: 'notify',
    description: 'Tells operators of what went wrong, once an hour of each kind',
    assetFolder: assetFolders.notify,
    size: NOTIFY,
    // The end of an hour without anything more is the end of its rounds.
    sendsToItself: true,
    environment: { NOTICES_QUEUE_URL: queueUrl(names.notices), LINK_URL: linkUrl },
    permissions: [
      may.takeMessages(names.notices),
      may.sendMessages([names.notices]),
      may.queryLedger(names),
      may.useLedger(names),
      may.sendMail(senderIdentityArns(from, identities), domainsOf(from)),
    ],
  })
  feedFrom(names.notices, notify, NOTIFY)
  return notify
}
