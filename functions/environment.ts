import type * as z from 'zod'

/** A function's environment, checked when it starts: a deployment that lacks a variable fails at once and by name. */
export function readEnvironment<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(process.env)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The function's environment does not hold. ${problems.join('; ')}. It is set by infra/.`)
}
