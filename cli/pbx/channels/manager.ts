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

/** Where the edge agent looks for it. */
const AGENTS_SECRET_FILE = '/etc/faxlane/ami-secret'

/** Make the secret, on the PBX, for both who need it; neither file is ever readable for everybody. */
export const SECRET_COMMANDS = [
  'secret=$(openssl rand -hex 24)',
  `install -m 640 -g asterisk /dev/null ${SECRET_FILE}`,
  `printf '[${MANAGER_USER}](${PERMISSIONS})\\nsecret = %s\\n' "$secret" > ${SECRET_FILE}`,
  `install -m 640 -g faxlane-edge /dev/null ${AGENTS_SECRET_FILE}`,
  `printf '%s\\n' "$secret" > ${AGENTS_SECRET_FILE}`,
] as const
