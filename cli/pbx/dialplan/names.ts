/** The contexts of a site. A file is for the PBX of one site, so no two sites' names meet. */
export function contextsOf(site: string) {
  const name = `faxlane-${site}`
  return {
    /** An extension for each number that faxlane answers: to be included, or sent to. */
    numbers: name,
    /** Any number: to be sent to, never included. */
    any: `${name}-any`,
    receive: `${name}-receive`,
    received: `${name}-received`,
    /** To be called before somebody's telephone rings. */
    detect: `${name}-detect`,
    listen: `${name}-listen`,
    /** Where a PBX that detects faxes itself sends them. */
    detected: `${name}-detected`,
    /** Numbers whose calls use G.711: as caller, and as called. */
    callers: `${name}-callers`,
    gatewayCallers: `${name}-t38-callers`,
    gatewayDids: `${name}-t38-dids`,
    /** Numbers of lines with a fax machine, as called. */
    lines: `${name}-lines`,
    out: `${name}-out`,
    /** On a FreePBX, what a trunk's calls come in by. */
    fromTrunk: `${name}-from-trunk`,
    /** On a XiVO, what an incoming call's Preprocess subroutine is. */
    did: `${name}-did`,
  } as const
}

/** XiVO's names, which its documentation has everywhere. */
export const PRE_INCALL = 'pre-incall-fax'
export const PRE_OUTCALL = 'pre-outcall-fax'

export const FORCE_G711 = 'faxlane-g711'
export const OFFER_G711 = 'faxlane-offer'

/** As Dial's option b runs it on the leg that is about to be called. */
export const OFFER_OPTION = `b(${OFFER_G711}^s^1)`
/** What such a leg is to offer, inherited from the channel that dials. */
export const LAW_VARIABLE = 'FAXLANE_LAW'

export const DESTINATION_VARIABLE = 'FAXLANE_DESTINATION'

/** Digits, + * and #: what a number has and an expression or an application can't read as more. */
export function numberOnly(value: string): string {
  return `\${FILTER(+*#0-9,${value})}`
}

/** Any number of two characters or more. */
export const ANY_NUMBER = '_[+*#0-9].'
