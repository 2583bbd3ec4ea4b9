import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeNumber } from './judge-number.ts'
import { COUNTRIES, NUMBERING_PLANS } from './numbering-plans.ts'

const NOTHING = { allowInternational: [], allowPremium: [] }
const FR = { country: 'FR', ...NOTHING } as const
const US = { country: 'US', ...NOTHING } as const

describe('a number', () => {
  it.each([
    ['a national one', FR, '0112697845', '0112697845'],
    ['as people write it', FR, '01 12.69-78 45', '0112697845'],
    ['in international form', FR, '+33 (0)1 12 69 78 45', '0112697845'],
    ['in international form without a trunk prefix', FR, '+33112697845', '0112697845'],
    ['with the international prefix', FR, '0033112697845', '0112697845'],
    ['of ten digits in America', US, '(212) 555-0123', '2125550123'],
    ['with +1 in America', US, '+1 212 555 0123', '12125550123'],
    ['of a country without a trunk prefix', { country: 'ES', ...NOTHING }, '+34912345678', '912345678'],
    ['allowed abroad', { ...FR, allowInternational: ['+49.'] }, '+49 30 1234567', '0049301234567'],
    [
      'allowed abroad, with the prefix',
      { ...FR, allowInternational: ['+49.'] },
      '0049301234567',
      '0049301234567',
    ],
    ['allowed in the Caribbean', { ...US, allowInternational: ['+1876.'] }, '8765550123', '8765550123'],
    ['a premium one that is allowed', { ...FR, allowPremium: ['0825XXXXXX'] }, '0825123456', '0825123456'],
    ['an extension that is allowed', { ...FR, allow: ['1XX'] }, '100', '100'],
    ['where the country is not known', { country: 'other', allow: ['06.'], ...NOTHING }, '06123', '06123'],
  ] as const)('%s is dialled', (_, rules, written, dial) => {
    expect(judgeNumber(rules, written)).toEqual({ dial })
  })

  it.each([
    ['abroad', FR, '+49301234567', 'international'],
    ['abroad, with the prefix', FR, '0049301234567', 'international'],
    [
      'abroad where another country is allowed',
      { ...FR, allowInternational: ['+41.'] },
      '+4930123456',
      'international',
    ],
    ['abroad, although any number is allowed', { ...FR, allow: ['X.'] }, '0049301234567', 'international'],
    ['in the Caribbean', US, '8765550123', 'international'],
    ['in the Caribbean with a 1', US, '18765550123', 'international'],
    ['in the Caribbean with +1', US, '+18765550123', 'international'],
    ['premium', FR, '0899123456', 'premium'],
    ['premium in international form', FR, '+33899123456', 'premium'],
    ['premium, although any number is allowed', { ...FR, allow: ['X.'] }, '0899123456', 'premium'],
    ['an emergency call', FR, '112', 'fewer than 7 digits'],
    ['a feature code', FR, '*21*0112697845#', 'more in it than digits'],
    ['of nobody', FR, '', 'no number to dial'],
    ['with a letter', FR, '0112697845;rm', 'no number to dial'],
    ['not among the allowed', { ...FR, allow: ['01XXXXXXXX'] }, '0212345678', 'no number that allow'],
    [
      'abroad where the country is not known',
      { country: 'other', allow: ['X.'], ...NOTHING },
      '0049123',
      'international',
    ],
  ] as const)('%s is not dialled', (_, rules, written, refusal) => {
    expect(judgeNumber(rules, written)).toEqual({ refusal: expect.stringContaining(refusal) })
  })

  it('abroad or premium is dialled by no way of writing it, unless it is allowed by name', () => {
    const countries = fc.constantFrom(...COUNTRIES)
    const digits = fc.stringMatching(/^[0-9]{1,14}$/)
    fc.assert(
      fc.property(countries, digits, fc.constantFrom('+', 'prefix'), (country, rest, how) => {
        const { internationalPrefix, countryCode } = NUMBERING_PLANS[country]
        const written = `${how === '+' ? '+' : internationalPrefix}${rest}`
        const judged = judgeNumber({ country, allow: ['X.', '+.'], ...NOTHING }, written)
        return 'refusal' in judged || rest.startsWith(countryCode)
      }),
      { numRuns: 500 },
    )
  })
})
