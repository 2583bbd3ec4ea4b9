import type { AskIpp } from '../ipp/ask-ipp.ts'
import {
  firstNumber,
  firstText,
  GROUP,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  isSuccess,
  OPERATION,
  STATUS,
  TAG,
} from '../ipp/message.ts'
import type { SpooledJob } from '../printer.ts'
import { JOB_ATTRIBUTES, PRINTER_ATTRIBUTES } from './judge-job.ts'

/** An attribute of our own: CUPS keeps what it does not know, and gives it back. lp sets it with -o. */
export const TOKEN_ATTRIBUTE = 'faxlane-job'

/** CUPS refuses a request whose answer it can't give. */
export class CupsRefused extends Error {
  override readonly name = 'CupsRefused'
}

export interface CupsQuestions {
  job: (id: number) => Promise<{ token: string | undefined; attributes: IppGroup } | undefined>
  printer: (uri: string) => Promise<IppGroup | undefined>
  /** All that have not ended and carry a token. */
  unfinishedJobs: () => Promise<SpooledJob[]>
  /** Undefined: there is none. */
  defaultPrinter: () => Promise<string | undefined>
}

/** What the print agent wants to know of CUPS. `user` is whose jobs they are: CUPS shows others less of them. */
export function cupsQuestions({ ask, user }: { ask: AskIpp; user: string }): CupsQuestions {
  const question = async (operation: number, ...attributes: IppAttribute[]) => {
    const group = { tag: GROUP.operation, attributes: [...head(), ...attributes, named(user)] }
    const answer = await ask({ operation, groups: [group] })
    if (isSuccess(answer) || answer.code === STATUS.notFound) return answer
    const said = firstText(answer.groups[0], 'status-message') ?? ''
    throw new CupsRefused(
      `CUPS answered with IPP status 0x${answer.code.toString(16).padStart(4, '0')} ${said}`,
    )
  }
  return {
    job: async (id) => {
      const target = one('job-uri', TAG.uri, `ipp://localhost/jobs/${id}`)
      const answer = await question(
        OPERATION.getJobAttributes,
        target,
        wanted([...JOB_ATTRIBUTES, TOKEN_ATTRIBUTE]),
      )
      const attributes = groupOf(answer, GROUP.job)
      return attributes === undefined
        ? undefined
        : { token: firstText(attributes, TOKEN_ATTRIBUTE), attributes }
    },
    printer: async (uri) => {
      const target = one('printer-uri', TAG.uri, uri)
      return groupOf(
        await question(OPERATION.getPrinterAttributes, target, wanted(PRINTER_ATTRIBUTES)),
        GROUP.printer,
      )
    },
    unfinishedJobs: async () => {
      const answer = await question(
        OPERATION.getJobs,
        one('printer-uri', TAG.uri, 'ipp://localhost/'),
        one('which-jobs', TAG.keyword, 'not-completed'),
        wanted(['job-id', 'job-printer-uri', TOKEN_ATTRIBUTE]),
      )
      return answer.groups.filter(({ tag }) => tag === GROUP.job).flatMap(spooledJob)
    },
    defaultPrinter: async () => {
      const answer = await question(OPERATION.cupsGetDefault, wanted(['printer-name']))
      return firstText(groupOf(answer, GROUP.printer), 'printer-name')
    },
  }
}

/** RFC 8011 section 4.1.4: these two first, in this order. */
function head(): IppAttribute[] {
  return [
    one('attributes-charset', TAG.charset, 'utf-8'),
    one('attributes-natural-language', TAG.naturalLanguage, 'en'),
  ]
}

function one(name: string, tag: number, value: string): IppAttribute {
  return { name, values: [{ tag, value }] }
}

function named(user: string): IppAttribute {
  return one('requesting-user-name', TAG.name, user)
}

function wanted(names: readonly string[]): IppAttribute {
  return { name: 'requested-attributes', values: names.map((value) => ({ tag: TAG.keyword, value })) }
}

function groupOf(answer: IppMessage, tag: number): IppGroup | undefined {
  return isSuccess(answer) ? answer.groups.find((group) => group.tag === tag) : undefined
}

function spooledJob(group: IppGroup): SpooledJob[] {
  const id = firstNumber(group, 'job-id')
  const token = firstText(group, TOKEN_ATTRIBUTE)
  const printer = (firstText(group, 'job-printer-uri') ?? '').split('/').at(-1)
  return id === undefined || token === undefined ? [] : [{ id, token, receipt: `${printer}-${id}` }]
}
