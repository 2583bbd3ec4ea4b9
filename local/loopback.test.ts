import { describe, expect, test } from 'vitest'
import { assertLoopback } from './loopback.ts'

describe('assertLoopback', () => {
  test.each(['http://127.0.0.1:4566', 'http://127.8.9.10/queue', 'http://localhost:1', 'http://[::1]:8080/'])(
    'lets %s through',
    (url) => {
      expect(() => assertLoopback(url)).not.toThrow()
    },
  )

  test.each([
    'https://sqs.eu-west-1.amazonaws.com',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'http://127.0.0.1@example.org/',
    'http://10.0.0.1:80',
    'http://0.0.0.0:80',
    'http://[::]:80',
    '',
    'not a url',
  ])('refuses %j', (url) => {
    expect(() => assertLoopback(url)).toThrow('leads elsewhere')
  })
})
