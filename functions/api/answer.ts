import type { ApiError } from './shapes.ts'

export interface Answer {
  statusCode: number
  headers: Record<string, string>
  body: string
}

export function answer(statusCode: number, body: object, headers: Record<string, string> = {}): Answer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

export function refuse(statusCode: number, error: string, problems?: ApiError['problems']): Answer {
  const body: ApiError = { error, ...(problems === undefined ? {} : { problems }) }
  return answer(statusCode, body)
}
