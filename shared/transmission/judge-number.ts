import { matchesNumber } from './number-pattern.ts'
import { NUMBERING_PLANS, type NumberingPlan } from './numbering-plans.ts'
import type { OutboundProfile } from './outbound-profile.ts'
import { dialledNumberSchema } from './transmit-job.ts'

interface Rules extends Pick<OutboundProfile, 'country'> {
  allow?: readonly string[] | undefined
  allowInternational: readonly string[]
  allowPremium: readonly string[]
}

/** `dial`: the number as the PBX gets it. */
export type Judgement = { dial: string } | { refusal: string }

/** Shorter numbers are extensions and services, emergency calls among them. */
const SHORTEST_DIGITS = 7

/** Of what is no number, and may be anything. */
const LONGEST_SHOWN_CHARACTERS = 60

/** What people write between the digits of a number. */
const PUNCTUATION = /[\s()./\u2010\u2011-]/g

/** A number without what is written between its digits; undefined for what is none. */
export function bareNumber(written: string): string | undefined {
  const parsed = dialledNumberSchema.safeParse(
    written.replace(/^\s*(\+.*)\(0\)/, '$1').replaceAll(PUNCTUATION, ''),
  )
  return parsed.success ? parsed.data : undefined
}

/** Whether a number may be dialled, and as what. International and premium numbers have to be allowed by name, and so have short ones. */
export function judgeNumber(rules: Rules, written: string): Judgement {
  const number = bareNumber(written)
  if (number === undefined) {
    return {
      refusal: `"${written.slice(0, LONGEST_SHOWN_CHARACTERS)}" is no number to dial: digits, * and #, with or without a + in front.`,
    }
  }
  const plan = rules.country === 'other' ? undefined : NUMBERING_PLANS[rules.country]
  const abroad = internationalForm(number, plan)
  if (abroad !== undefined) {
    if (matchesOne(rules.allowInternational, abroad)) return { dial: dialAbroad(number, abroad, plan) }
    return {
      refusal: `${number} is an international number, and allow_international of the routing table has none like it.`,
    }
  }
  const national = plan === undefined ? number : nationalForm(number, plan)
  if (matchesOne(plan?.premium ?? [], national) && !matchesOne(rules.allowPremium, national)) {
    return {
      refusal: `${national} is a premium number, and allow_premium of the routing table has none like it.`,
    }
  }
  if (isAllowed(rules, national)) return { dial: national }
  return { refusal: whyNot(rules, national) }
}

function isAllowed({ allow, allowPremium }: Rules, national: string): boolean {
  if (matchesOne(allowPremium, national)) return true
  if (allow !== undefined) return matchesOne(allow, national)
  return national.length >= SHORTEST_DIGITS && /^[0-9]+$/.test(national)
}

function whyNot({ allow }: Rules, number: string): string {
  if (allow !== undefined) return `${number} is no number that allow of the routing table has.`
  const what = /^[0-9]+$/.test(number) ? `fewer than ${SHORTEST_DIGITS} digits` : 'more in it than digits'
  return `${number} has ${what}; allow of the routing table would have to name it.`
}

/** With + and country code; undefined for a number of the country itself. */
function internationalForm(number: string, plan: NumberingPlan | undefined): string | undefined {
  const digits = digitsAbroad(number, plan?.internationalPrefix)
  if (plan === undefined) return digits === undefined ? undefined : `+${digits}`
  const domestic = digits === undefined || digits.startsWith(plan.countryCode)
  if (!domestic) return `+${digits}`
  const national = nationalForm(number, plan)
  if (!matchesOne(plan.abroad ?? [], national)) return undefined
  return `+${plan.countryCode}${national.slice(-10)}`
}

/** What follows the + or the international prefix. */
function digitsAbroad(number: string, internationalPrefix = '00'): string | undefined {
  const prefix = ['+', internationalPrefix].find((one) => number.startsWith(one))
  return prefix === undefined ? undefined : number.slice(prefix.length)
}

/** As it is dialled within the country. */
function nationalForm(number: string, plan: NumberingPlan): string {
  const digits = digitsAbroad(number, plan.internationalPrefix)
  if (digits === undefined || !digits.startsWith(plan.countryCode)) return number
  return `${plan.trunkPrefix}${digits.slice(plan.countryCode.length)}`
}

function dialAbroad(number: string, abroad: string, plan: NumberingPlan | undefined): string {
  if (plan === undefined || !number.startsWith('+')) return number
  const withinPlan = abroad.startsWith(`+${plan.countryCode}`)
  return `${withinPlan ? '' : plan.internationalPrefix}${abroad.slice(1)}`
}

function matchesOne(patterns: readonly string[], number: string): boolean {
  return patterns.some((pattern) => matchesNumber(pattern, number))
}
