/** The name by which the edge agent logs in. */
export const MANAGER_USER = 'faxlane'
const PERMISSIONS = 'faxlane-permissions'

/** The file beside it that holds the secret alone: no secret goes through the routing table. */
const SECRET_FILE = '/etc/asterisk/manager_faxlane_secret.conf'

/**
 * The agent originates calls, hangs its own up, and hears of calls and of our UserEvents. Not system, not command: a secret that leaks starts
 * no program on the PBX.
 */
export function managerUser(): string {
  return [
    '; What the edge agent may do. The user itself is in a file of its own, with the secret:',
    `;   [${MANAGER_USER}](${PERMISSIONS})`,
    ';   secret = …',
    `[${PERMISSIONS}](!)`,
    'deny = 0.0.0.0/0.0.0.0',
    'permit = 127.0.0.1/255.255.255.255',
    'read = call,user',
    'write = originate,call',
    'writetimeout = 5000',
    '',
    `#tryinclude ${SECRET_FILE}`,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Makes the secret, on the PBX. */
export const SECRET_COMMAND = `(umask 027; printf '[${MANAGER_USER}](${PERMISSIONS})\\nsecret = %s\\n' "$(openssl rand -hex 24)" > ${SECRET_FILE}; chgrp asterisk ${SECRET_FILE})`
