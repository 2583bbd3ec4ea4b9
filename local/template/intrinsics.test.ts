import { describe, expect, test } from 'vitest'
import { resolveIntrinsics, type Scope } from './intrinsics.ts'

const SCOPE: Scope = {
  where: 'stack/Function',
  pseudoParameters: { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '000000000000' },
  ref: (logicalId) => `ref of ${logicalId}`,
  attribute: (logicalId, attribute) => `${attribute} of ${logicalId}`,
  importValue: (name) => `import of ${name}`,
}

describe('resolveIntrinsics', () => {
  test.each([
    ['plain text', 'text', 'text'],
    ['a number', 30, 30],
    ['null', null, null],
    ['Ref', { Ref: 'Queue' }, 'ref of Queue'],
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Arn of Queue'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, 3]] }, 'a-ref of B-3'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b:c'] }, ['a', 'b', 'c']],
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Fn::Select of text', { 'Fn::Select': ['5', { 'Fn::Split': [':', 'a:b:c:d:e:f'] }] }, 'f'],
    [
      'Fn::Sub',
      { 'Fn::Sub': `\${AWS::Region}/\${Queue}/\${Queue.Arn}` },
      'eu-west-1/ref of Queue/Arn of Queue',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': [`\${x}!`, { x: { Ref: 'Y' } }] }, 'ref of Y!'],
    ['Fn::Sub with an escape', { 'Fn::Sub': `\${!Literal}` }, `\${Literal}`],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Join': ['', ['a', 'b']] } }, 'import of ab'],
    ['what is nested', { a: [{ b: { Ref: 'C' } }] }, { a: [{ b: 'ref of C' }] }],
    ['a property that is left out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['an object that only looks like one', { Ref: 'x', other: 1 }, { Ref: 'x', other: 1 }],
  ])('%s', (_name, value, expected) => {
    expect(resolveIntrinsics(value, SCOPE)).toEqual(expected)
  })

  test.each([
    ['one that it does not know', { 'Fn::If': ['C', 1, 2] }, /stack\/Function: .* does not know Fn::If/],
    ['a malformed one', { 'Fn::GetAtt': 'Queue' }, /stack\/Function: .*"Fn::GetAtt".* is malformed/],
    ['an element that is not there', { 'Fn::Select': [2, ['a']] }, /element 2 of 1/],
  ])('refuses %s', (_name, value, message) => {
    expect(() => resolveIntrinsics(value, SCOPE)).toThrow(message)
  })
})
