/**
 * What a country's telephones dial before a number, and which of its numbers cost the caller extra. Written from general
 * knowledge of the plans and not yet compared with the list that the ITU keeps of them (E.164, https://www.itu.int/oth/T0202.aspx?parent=T0202);
 * `allow_premium` and `allow` of the routing table overrule it either way.
 */
export interface NumberingPlan {
  countryCode: string
  internationalPrefix: string
  /** What stands before a number that is dialled within the country; in +CC notation it is left out. */
  trunkPrefix: string
  /** In national form. */
  premium: readonly string[]
  /** Written like a number of the country, and charged as another one's. */
  abroad?: readonly string[]
}

/** The area codes of the North American plan that are neither in the United States nor in Canada. */
const NORTH_AMERICAN_ISLANDS =
  '242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876'.split(' ')

const NORTH_AMERICA: NumberingPlan = {
  countryCode: '1',
  internationalPrefix: '011',
  trunkPrefix: '1',
  premium: ['900XXXXXXX', '1900XXXXXXX', '976XXXX', 'NXX976XXXX', '1NXX976XXXX'],
  abroad: NORTH_AMERICAN_ISLANDS.flatMap((area) => [`${area}XXXXXXX`, `1${area}XXXXXXX`]),
}

export const NUMBERING_PLANS = {
  AT: plan('43', '0', ['0810.', '0820.', '0821.', '09[03].', '118XXX']),
  BE: plan('32', '0', ['090.', '070.', '12XX', '13XX']),
  CA: NORTH_AMERICA,
  CH: plan('41', '0', ['090.', '084.', '18XX']),
  DE: plan('49', '0', ['0900.', '0137.', '0180.', '118.']),
  ES: plan('34', '', ['80[3-7].', '90[1257].', '118XX']),
  FR: plan('33', '0', ['08[129].', '118XXX', '3[2-9]XX']),
  GB: plan('44', '0', ['09.', '087.', '070.', '118XXX']),
  IE: plan('353', '0', ['15.', '118XX']),
  IT: plan('39', '', ['89.', '199.', '178.', '1[46].']),
  LU: plan('352', '', ['90.', '801.', '118XX']),
  NL: plan('31', '0', ['090.', '18XX']),
  US: NORTH_AMERICA,
} as const satisfies Record<string, NumberingPlan>

export type Country = keyof typeof NUMBERING_PLANS
export const COUNTRIES = Object.keys(NUMBERING_PLANS) as [Country, ...Country[]]

function plan(countryCode: string, trunkPrefix: string, premium: readonly string[]): NumberingPlan {
  return { countryCode, internationalPrefix: '00', trunkPrefix, premium }
}
