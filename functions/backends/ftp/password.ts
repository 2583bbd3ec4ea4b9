/** The secret can't give a password until somebody changes it or its permissions. The message says how. */
export class UnusableSecret extends Error {
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

/** Where to write a password into a secret; from a file, so that it does not end up in the shell's history. */
export function commandThatSets(secret: string): string {
  return `aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file://password.txt`
}

/**
 * The password that a secret holds: bare, or under "password" in a JSON object, the form that AWS's console and rotation
 * functions write.
 */
export function passwordFrom(secret: string, value: string): string {
  const object = asObject(value)
  const password = object === undefined ? value : object.password
  if (typeof password !== 'string') {
    throw new UnusableSecret(
      `Secret ${secret} holds JSON without a text under "password". Set it to the bare password, or to {"password": "…"}: ${commandThatSets(secret)}`,
    )
  }
  // An editor ends a file with a line break, and `file://` takes it along.
  const line = password.replace(/\r?\n$/, '')
  if (line === '') throw new UnusableSecret(`Secret ${secret} is empty. Set it: ${commandThatSets(secret)}`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would start a second FTP command
  if (/[\u0000-\u001f\u007f]/.test(line)) {
    throw new UnusableSecret(
      `The password in secret ${secret} has a line break or another control character, which FTP can't carry. Set it: ${commandThatSets(secret)}`,
    )
  }
  return line
}

function asObject(value: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
