import type { Country } from '../transmission/numbering-plans.ts'

/**
 * What the routing table says for the PBX side of its sites. It stays with the command that generates the PBX's files: nothing of it
 * is deployed.
 */
export interface PbxTable {
  sites: readonly PbxSite[]
}

/** hylafax and freeswitch receive by themselves and hand each fax to `faxlane-edge submit`; the others run our dialplan. */
export const PBX_KINDS = ['asterisk', 'xivo', 'freepbx', 'hylafax', 'freeswitch'] as const
export type PbxKind = (typeof PBX_KINDS)[number]

/** Asterisk's channel drivers that a trunk may have. */
export const TRUNK_CHANNELS = ['pjsip', 'sip', 'dahdi'] as const
export type TrunkChannel = (typeof TRUNK_CHANNELS)[number]

/** Countries whose telephone lines a gateway's profile can be made for. */
export const GATEWAY_COUNTRIES = [
  'FR',
  'BE',
  'CH',
  'DE',
  'GB',
  'ES',
  'IT',
  'US',
  'CA',
] as const satisfies readonly Country[]
export type GatewayCountry = (typeof GATEWAY_COUNTRIES)[number]

/** The devices that a profile can be made for, and how many lines each has. */
export const GATEWAY_MODELS = {
  spa122: 2,
  spa2102: 2,
  spa3102: 1,
  spa8000: 8,
  ata191: 2,
  ata192: 2,
  ht801: 1,
  ht802: 2,
} as const
export type GatewayModel = keyof typeof GATEWAY_MODELS

/** prefer: ask for it; allow: take it when the other side asks; forbid: audio alone. */
export const TRUNK_T38 = ['prefer', 'allow', 'forbid'] as const
export type TrunkT38 = (typeof TRUNK_T38)[number]

/** Where T.38 ends: in the adapter, in the PBX (which speaks G.711 with the adapter), or nowhere. */
export const LINE_T38 = ['adapter', 'gateway', 'off'] as const
export type LineT38 = (typeof LINE_T38)[number]

/** Bits per second: T.30's rates of V.27 ter, V.29 and V.17. */
export const FAX_RATES = ['14400', '12000', '9600', '7200', '4800', '2400'] as const
export type FaxRate = (typeof FAX_RATES)[number]

export const DEFAULT_SPOOL = '/var/spool/faxlane'

export interface PbxSite {
  name: string
  /** Absent: the table does not say which. */
  pbx?: PbxKind
  country?: Country | 'other'
  /** Local station ID (CSI): what our machine calls itself. */
  stationId?: string
  header?: string
  /** The folder that the edge agent reads. */
  spool: string
  ecm: boolean
  maxRate: FaxRate
  trunks: readonly Trunk[]
  gateways: readonly Gateway[]
  lines: readonly Line[]
  /** Numbers that faxlane answers itself. */
  direct: readonly string[]
  /** Numbers of people, whose calls are listened to for a fax first. */
  detected: readonly string[]
  listenSeconds: number
  /** `dstnum_default` is there: a fax for any further number has a route. */
  takesAny: boolean
}

export interface Trunk {
  name: string
  channel: TrunkChannel
  /** What the PBX calls it: the endpoint of PJSIP, the peer of chan_sip, the group of DAHDI. */
  endpoint: string
  t38: TrunkT38
}

export interface Gateway {
  name: string
  model: GatewayModel
  country: GatewayCountry
}

/** An analogue line with a fax machine on it. */
export interface Line {
  name: string
  label?: string
  /** The number that it calls with. */
  number: string
  /** The number by which it is called, as the PBX has it. */
  did: string
  gateway?: { name: string; port: number }
  t38: LineT38
}

/** G.711's law: µ-law in North America, A-law elsewhere (ITU-T G.711). */
export function codecOf(country: Country | 'other' | undefined): 'alaw' | 'ulaw' {
  return country === 'US' || country === 'CA' ? 'ulaw' : 'alaw'
}

/** How the PBX side of a site treats a number; undefined where it does not know it. */
export function reachOf(site: PbxSite, number: string): 'direct' | 'detected' | 'any' | undefined {
  if (site.detected.includes(number)) return 'detected'
  if (site.direct.includes(number)) return 'direct'
  return site.takesAny ? 'any' : undefined
}
