import { describe, expect, it } from 'vitest'
import { reportingSite } from './reporting-site.ts'

const PREFIX = 'arn:aws:sqs:eu-west-1:000000000000:faxlane-reports-'

describe('the site that reports', () => {
  it.each(['main', 'paris-2', 'a'])('is that of the queue: %s', (site) => {
    expect(reportingSite(`${PREFIX}${site}`, PREFIX)).toBe(site)
  })

  it.each([
    'arn:aws:sqs:eu-west-1:000000000000:faxlane-dispatch',
    'arn:aws:sqs:eu-west-1:000000000000:faxlane-mail-events',
    'arn:aws:sqs:eu-west-1:111111111111:faxlane-reports-main',
    PREFIX,
    `${PREFIX}Main`,
    '',
  ])('is none for any other queue: %s', (queueArn) => {
    expect(() => reportingSite(queueArn, PREFIX)).toThrow('reports-SITE')
  })
})
