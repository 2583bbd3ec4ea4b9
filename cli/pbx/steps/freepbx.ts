import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { contextsOf } from '../dialplan/names.ts'
import { speaks } from '../dialplan/technology.ts'
import { hasTrunk, modules, ownedSpool, type Step, transmission } from './common.ts'

export function freepbxSteps(site: PbxSite): Step[] {
  return [
    modules(),
    ownedSpool(site),
    {
      title: 'Put the files in place',
      lines: [
        'Add to /etc/asterisk/extensions_custom.conf: #include extensions_faxlane.conf',
        'If macro-dialout-trunk-predial-hook is there already, add Gosub(pre-outcall-fax,s,1) to it, and delete ours.',
        ...(hasTrunk(site, 'pjsip')
          ? ['Add to /etc/asterisk/pjsip.endpoint_custom_post.conf: #include pjsip_faxlane.conf']
          : []),
        ...(hasTrunk(site, 'sip')
          ? ['Add to /etc/asterisk/sip_custom_post.conf: #include sip_faxlane.conf']
          : []),
        ...(hasTrunk(site, 'dahdi')
          ? ['Add to /etc/asterisk/chan_dahdi_custom.conf: #include chan_dahdi_faxlane.conf']
          : []),
        'Then: fwconsole reload',
      ],
    },
    ...reception(site),
    ...codec(site),
    ...transmission(site, {
      include: 'Add to /etc/asterisk/manager_custom.conf: #include manager_faxlane.conf',
      dialContext: 'from-internal',
    }),
  ]
}

function reception(site: PbxSite): Step[] {
  const { fromTrunk, any, detected } = contextsOf(site.name)
  return [
    {
      title: 'Send fax numbers to faxlane',
      lines: [
        `Connectivity, Trunks, the trunk, pjsip Settings, General, Context: ${fromTrunk}`,
        'That is all for the numbers of the routing table. Inbound routes stay for all others.',
        ...(site.takesAny
          ? [
              `Any other fax number ([dstnum_default]): Admin, Custom Destinations, Target: ${any},NUMBER,1`,
              'and an inbound route with NUMBER as DID and this destination.',
            ]
          : []),
        ...(site.detected.length > 0
          ? [
              "FreePBX can listen by itself instead: the inbound route's tab Fax, Detect Faxes Yes, with a custom destination:",
              ...site.detected.map((number) => `  ${detected},${number},1`),
              'Then leave the trunk with from-trunk, or callers are listened to twice.',
            ]
          : []),
      ],
    },
  ]
}

function codec(site: PbxSite): Step[] {
  if (!speaks(site, 'pjsip')) return []
  const numbers = site.lines.map(({ number }) => number)
  return [
    {
      title: 'Keep outgoing fax calls to G.711 where the trunk has other codecs',
      lines: [
        "FreePBX's own handler stands where ours would set the codec of a PJSIP call. So:",
        'Connectivity, Trunks, duplicate the trunk, Codecs: alaw or ulaw alone.',
        'Connectivity, Outbound Routes: one above the others, with that trunk, and in Dial Patterns, CallerID:',
        ...(numbers.length > 0
          ? numbers.map((number) => `  ${number}`)
          : ['  the numbers that faxes call with']),
      ],
    },
  ]
}
