import { describe, expect, it } from 'vitest'
import { GROUP, type IppGroup, OPERATION, TAG } from '../ipp/message.ts'
import { cupsQuestions } from './cups-questions.ts'

/** Answers each question alike, and keeps it. */
function answering(code: number, ...groups: IppGroup[]) {
  const asked: { operation: number; groups: readonly IppGroup[] }[] = []
  const ask = async (question: (typeof asked)[number]) => {
    asked.push(question)
    return { version: { major: 2, minor: 0 }, code, requestId: 1, groups }
  }
  return { asked, questions: cupsQuestions({ ask, user: 'faxlane-print' }) }
}

const attribute = (name: string, tag: number, value: number | string) => ({ name, values: [{ tag, value }] })
const jobGroup = (id: number, token?: string): IppGroup => ({
  tag: GROUP.job,
  attributes: [
    attribute('job-id', TAG.integer, id),
    attribute('job-printer-uri', TAG.uri, 'ipp://localhost:631/printers/office'),
    ...(token === undefined ? [] : [attribute('faxlane-job', TAG.name, token)]),
  ],
})

describe('questions to CUPS', () => {
  it('say first in which character set and language, and in the end whose they are (RFC 8011 4.1.4)', async () => {
    const { asked, questions } = answering(0, jobGroup(7, 'a.b'))
    expect(await questions.job(7)).toMatchObject({ token: 'a.b' })
    const names = asked[0]?.groups[0]?.attributes.map(({ name }) => name)
    expect(asked[0]?.operation).toBe(OPERATION.getJobAttributes)
    expect(names?.slice(0, 3)).toEqual(['attributes-charset', 'attributes-natural-language', 'job-uri'])
    expect(asked[0]?.groups[0]?.attributes.at(-1)).toEqual(
      attribute('requesting-user-name', TAG.name, 'faxlane-print'),
    )
  })

  it('find nothing where CUPS knows nothing', async () => {
    const { questions } = answering(0x0406)
    expect(await questions.job(7)).toBeUndefined()
    expect(await questions.printer('ipp://localhost/printers/x')).toBeUndefined()
    expect(await questions.defaultPrinter()).toBeUndefined()
    expect(await questions.unfinishedJobs()).toEqual([])
  })

  it('list the jobs that carry a token, and no others', async () => {
    const { questions } = answering(0, jobGroup(7, 'a.b'), jobGroup(8))
    expect(await questions.unfinishedJobs()).toEqual([{ id: 7, token: 'a.b', receipt: 'office-7' }])
  })

  it('reject with the words of CUPS where it refuses', async () => {
    const status = { tag: GROUP.operation, attributes: [attribute('status-message', TAG.text, 'Not today')] }
    const { questions } = answering(0x0507, status)
    await expect(questions.job(7)).rejects.toThrow('CUPS answered with IPP status 0x0507 Not today')
  })
})
