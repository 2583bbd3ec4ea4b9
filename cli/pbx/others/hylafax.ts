import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { type GeneratedFile, withHeader } from '../generated-file.ts'

/** Which modem answers which number, where the modem does not say the number. */
const DEVICES_FILE = '/etc/hylafax/faxlane-devices'

/**
 * faxrcvd sources FaxDispatch for each received fax. Every value is quoted: a caller may call himself $(reboot), and stays text. What was not
 * taken is left as it was without us: in recvq, with HylaFAX's own mail about it.
 */
export function hylafaxFiles(site: PbxSite): GeneratedFile[] {
  const text = withHeader(
    '#',
    {
      site: site.name,
      where:
        '/etc/hylafax/FaxDispatch (Debian; elsewhere etc/FaxDispatch below the spool), readable for the user uucp',
      once: [
        'usermod -aG faxlane-edge uucp, then restart HylaFAX',
        `where a modem does not say which number was dialled: ${DEVICES_FILE}, a line for each: DEVICE NUMBER, such as ttyS0 0112697845`,
      ],
      reload: 'nothing: it is read for each fax',
    },
    script(site),
  )
  return [{ path: 'FaxDispatch', text }]
}

function script({ direct, detected }: PbxSite): string {
  const numbers = [...direct, ...detected]
  const only = numbers.length === 1 ? numbers[0] : undefined
  return `# The number dialled: the third CallIDPattern of the modem's configuration, or the modem's own number.
FAXLANE_TO="\${CALLID3:-}"
if [ -z "$FAXLANE_TO" ] && [ -r ${DEVICES_FILE} ]; then
  while read -r faxlane_device faxlane_number; do
    [ "$faxlane_device" = "$DEVICE" ] && FAXLANE_TO="$faxlane_number"
  done < ${DEVICES_FILE}
fi
${only === undefined ? '' : `# The table has one number.\n[ -n "$FAXLANE_TO" ] || FAXLANE_TO='${only}'\n`}
if [ -n "$FAXLANE_TO" ] && [ -s "$FILE" ]; then
  # The file's own time: the same fax, handed over again, stays one fax.
  FAXLANE_AT="$(date -u -r "$FILE" +%Y-%m-%dT%H:%M:%SZ)"
  if faxlane-edge submit --from="\${CALLID1:-}" --name="\${CALLID2:-}" --to="$FAXLANE_TO" --station-id="\${SENDER:-}" \\
    --error="\${MSG:-}" --call-id="\${COMMID:-}" --received-at="$FAXLANE_AT" -- "$FILE"; then
    # faxlane tells who is to know. A reception with an error goes to HylaFAX's master as well.
    SENDTO=
    [ -n "\${MSG:-}" ] || NOTIFY_FAXMASTER=never
  fi
fi
`
}
