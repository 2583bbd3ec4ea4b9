/** How long a secret is used before it is asked for again. */
export const SECRET_LIFETIME_SECONDS = 300

/** Secrets by name, each read once for a while: Secrets Manager charges for every call and slows down who asks often. */
export interface SecretCache {
  read(name: string): Promise<string>
  /** To be called when a secret turned out not to fit: the next read asks anew. */
  forget(name: string): void
}

/** Errors are not kept: a secret that gets its value is usable at once. */
export function makeSecretCache(readSecret: (name: string) => Promise<string>, now: () => Date): SecretCache {
  const cached = new Map<string, { value: string; until: number }>()
  return {
    async read(name) {
      const known = cached.get(name)
      if (known !== undefined && now().getTime() < known.until) return known.value
      const value = await readSecret(name)
      cached.set(name, { value, until: now().getTime() + SECRET_LIFETIME_SECONDS * 1000 })
      return value
    },
    forget(name) {
      cached.delete(name)
    },
  }
}
