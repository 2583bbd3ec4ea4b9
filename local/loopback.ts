/** Whether `host` (a name or an address, IPv6 with or without brackets) can be nothing but this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** Throws unless `url` leads to this machine: a local gateway never calls a real AWS account. */
export function assertLoopback(url: string): void {
  const host = URL.canParse(url) ? new URL(url).hostname : undefined
  if (host !== undefined && isLoopback(host)) return
  throw new Error(
    `The local gateway calls this machine alone, and ${JSON.stringify(url)} leads elsewhere. Allowed is an http:// address of 127.0.0.1, ::1 or localhost.`,
  )
}
