import { describe, expect, test } from 'vitest'
import { expiryDate } from '../storage/faxes-bucket.ts'
import { download } from './download.ts'
import { digestOfToken, LINK_LIFETIME_DAYS, type Link, makeLink, makeLinkToken } from './links.ts'

const MADE_AT = new Date('2026-07-02T09:30:12Z')
const TOKEN = makeLinkToken()
const LINK = makeLink(
  {
    faxId: '20260702T093012Z-0123456789ab',
    format: 'pdf' as const,
    key: 'pdf/main/20260702T093012Z-0123456789ab.pdf',
    fileName: '100-41445550199-1782984612-6789ab.pdf',
  },
  MADE_AT,
)

function dependenciesAt(seconds: number, kept = true) {
  const asked: string[] = []
  const links = new Map<string, Link>([[digestOfToken(TOKEN), LINK]])
  return {
    asked,
    findLink: async (digest: string) => {
      asked.push(digest)
      return links.get(digest)
    },
    isThere: async () => kept,
    signUrl: async ({ key }: Link, method: string) => `https://bucket.example/${key}?for=${method}`,
    now: () => new Date(MADE_AT.getTime() + seconds * 1000),
  }
}

const LIFETIME_SECONDS = LINK_LIFETIME_DAYS * 86_400

describe('a link', () => {
  test.each(['GET', 'HEAD'])('leads %s to a URL signed for it', async (method) => {
    const answer = await download(dependenciesAt(0), { method, path: `/${TOKEN}` })
    expect(answer.statusCode).toBe(302)
    expect(answer.headers.location).toBe(`https://bucket.example/${LINK.key}?for=${method}`)
  })

  test('is not used up: a scanner opens it before its reader does', async () => {
    const dependencies = dependenciesAt(0)
    for (let opening = 0; opening < 5; opening++) {
      expect(await download(dependencies, { method: 'GET', path: `/${TOKEN}` })).toMatchObject({
        statusCode: 302,
      })
    }
  })

  test.each([
    [LIFETIME_SECONDS - 1, 302],
    [LIFETIME_SECONDS, 410],
    [LIFETIME_SECONDS + 1, 410],
  ])('after %i seconds answers %i, though its item is still there', async (seconds, statusCode) => {
    const answer = await download(dependenciesAt(seconds), { method: 'GET', path: `/${TOKEN}` })
    expect(answer.statusCode).toBe(statusCode)
    expect('location' in answer.headers).toBe(statusCode === 302)
  })

  test('promises no more than the file that it leads to has left', () => {
    const file = { faxId: LINK.faxId, format: LINK.format, key: LINK.key, fileName: LINK.fileName }
    const endsAt = new Date('2026-07-03T00:00:00Z')
    expect(makeLink({ ...file, endsAt }, MADE_AT)).toEqual({ ...file, expiresAt: endsAt.getTime() / 1000 })
    expect(makeLink({ ...file, endsAt: new Date('2027-01-01T00:00:00Z') }, MADE_AT)).toEqual(LINK)
  })

  test.each([
    ['expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="pdf"', new Date('2012-12-21T00:00:00Z')],
    ['expiry-date="soon", rule-id="pdf"', undefined],
    [undefined, undefined],
  ])('learns from S3 when that is: %j', (header, date) => {
    expect(expiryDate(header)).toEqual(date)
  })

  test('to a file that is kept no more says so', async () => {
    const answer = await download(dependenciesAt(0, false), { method: 'GET', path: `/${TOKEN}` })
    expect(answer).toMatchObject({ statusCode: 410, body: expect.stringContaining('not kept any more') })
    expect(answer.headers).not.toHaveProperty('location')
  })

  test('that is unknown is 404, in words', async () => {
    const answer = await download(dependenciesAt(0), { method: 'GET', path: `/${makeLinkToken()}` })
    expect(answer).toMatchObject({ statusCode: 404, body: expect.stringContaining('not known') })
  })

  test.each([
    '/',
    '',
    '/favicon.ico',
    `/${TOKEN}/`,
    `/${TOKEN}x`,
    `/x/${TOKEN}`,
    `//${TOKEN}`,
    `/${TOKEN.slice(1)}`,
    '/%00',
    '/../x',
  ])('that is none (%j) is 404 without asking the ledger', async (path) => {
    const dependencies = dependenciesAt(0)
    expect(await download(dependencies, { method: 'GET', path })).toMatchObject({ statusCode: 404 })
    expect(dependencies.asked).toEqual([])
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'get', ''])('refuses %j', async (method) => {
    const answer = await download(dependenciesAt(0), { method, path: `/${TOKEN}` })
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } })
  })

  test.each([
    ['GET', `/${TOKEN}`],
    ['GET', '/unknown'],
    ['POST', '/'],
  ])('is kept by nobody and told to nobody (%s %s)', async (method, path) => {
    expect((await download(dependenciesAt(0), { method, path })).headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
  })
})

test('tokens are 256 bits, URL-safe, and never the same', () => {
  const tokens = Array.from({ length: 1000 }, makeLinkToken)
  expect(new Set(tokens).size).toBe(1000)
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('the digest of a token is its SHA-256', () => {
  expect(digestOfToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
