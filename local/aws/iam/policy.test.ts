import { describe, expect, test } from 'vitest'
import {
  type AccessRequest,
  decide,
  policyDocumentSchema,
  type Statement,
  statementSchema,
} from './policy.ts'

const statement = (changes: object = {}): Statement =>
  statementSchema.parse({
    Sid: 'One',
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::faxes/pdf/*',
    ...changes,
  })

const request = (changes: Partial<AccessRequest> = {}): AccessRequest => ({
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::faxes/pdf/main/x.pdf',
  context: {},
  ...changes,
})

const allows = (changes: object, asked: Partial<AccessRequest> = {}) =>
  decide([statement(changes)], request(asked)).allowed

describe('a request', () => {
  test('is denied where no statement speaks of it', () => {
    expect(decide([], request())).toEqual({ allowed: false })
    expect(decide([statement({ Action: 's3:PutObject' })], request())).toEqual({ allowed: false })
  })

  test('is allowed by one statement, and denied by one, whatever their order', () => {
    const [allow, deny] = [statement(), statement({ Sid: 'No', Effect: 'Deny', Resource: '*' })]
    expect(decide([allow], request())).toEqual({ allowed: true, statement: allow })
    expect(decide([allow, deny], request())).toEqual({ allowed: false, statement: deny })
    expect(decide([deny, allow], request()).allowed).toBe(false)
  })

  test.each<[string, object, Partial<AccessRequest>, boolean]>([
    ['an action in another case', { Action: 'S3:getobject' }, {}, true],
    ['an action by wildcard', { Action: 's3:Get*' }, {}, true],
    ['another action of the same beginning', {}, { action: 's3:GetObjectVersion' }, false],
    ['a resource in another case', {}, { resource: 'arn:aws:s3:::faxes/PDF/main/x.pdf' }, false],
    ['a resource beside the prefix', {}, { resource: 'arn:aws:s3:::faxes/pdf' }, false],
    ['the same prefix in another bucket', {}, { resource: 'arn:aws:s3:::faxes2/pdf/x' }, false],
    ['a key with a line break', {}, { resource: 'arn:aws:s3:::faxes/pdf/a\nb' }, true],
    ['a dot in a pattern', { Resource: 'a.c' }, { resource: 'abc' }, false],
    ['six unknown characters', { Resource: 'secret:a-??????' }, { resource: 'secret:a-AbCdEf' }, true],
    [
      'six unknown characters of a longer name',
      { Resource: 'secret:a-??????' },
      { resource: 'secret:a-b-AbCdEf' },
      false,
    ],
  ])('%s', (_, changes, asked, expected) => {
    expect(allows(changes, asked)).toBe(expected)
  })

  const context = { 'ses:fromaddress': 'fax@example.org' }
  test.each<[string, object, boolean]>([
    [
      'StringEquals holds for one of several',
      { StringEquals: { 'ses:FromAddress': ['a@b', 'fax@example.org'] } },
      true,
    ],
    [
      'StringEquals does not hold for another value',
      { StringEquals: { 'ses:FromAddress': 'Fax@example.org' } },
      false,
    ],
    [
      'StringEquals does not hold for a key that is not there',
      { StringEquals: { 'aws:SourceArn': 'x' } },
      false,
    ],
    ['StringLike knows wildcards', { StringLike: { 'ses:FromAddress': '*@example.org' } }, true],
    ['Null false wants the key', { Null: { 's3:if-none-match': 'false' } }, false],
    ['Null true wants it absent', { Null: { 's3:if-none-match': 'true' } }, true],
    ['Bool compares', { Bool: { 'aws:SecureTransport': false } }, false],
    [
      'all conditions have to hold',
      { Null: { 'ses:FromAddress': 'false' }, StringEquals: { x: 'y' } },
      false,
    ],
  ])('%s', (_, Condition, expected) => {
    expect(decide([statement({ Condition })], request({ context })).allowed).toBe(expected)
  })
})

describe('what is not known', () => {
  test('a condition operator is an error, not a denial that looks like one', () => {
    const Condition = { NumericLessThan: { 's3:max-keys': '10' } }
    expect(() => decide([statement({ Condition })], request())).toThrow(/NumericLessThan is not known/)
  })

  test.each(['NotAction', 'NotResource', 'NotPrincipal'])('%s is refused', (element) => {
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*', [element]: 'x' }]
    expect(() => policyDocumentSchema.parse({ Statement })).toThrow(element)
  })
})
