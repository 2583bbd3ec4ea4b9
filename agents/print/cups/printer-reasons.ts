/**
 * Reasons that stop the paper though CUPS gives them as a report or a warning: drivers differ in how grave they call the same. The
 * socket backend says connecting-to-device while nobody answers, ipp and usb say offline-report.
 */
const STOPPING = [
  'connecting-to-device',
  'cover-open',
  'door-open',
  'input-tray-missing',
  'marker-supply-empty',
  'media-empty',
  'media-jam',
  'media-needed',
  'offline',
  'paused',
  'shutdown',
  'timed-out',
  'toner-empty',
]

/**
 * Of printer-state-reasons, those that keep a printer from printing (RFC 8011 section 5.4.12: the severity stands at the end, none is as
 * good as an error).
 */
export function stoppingReasons(reasons: readonly string[]): string[] {
  return reasons.filter((reason) => {
    if (reason === 'none' || reason === '' || reason.startsWith('cups-')) return false
    const base = reason.replace(/-(report|warning|error)$/, '')
    return STOPPING.includes(base) || !/-(report|warning)$/.test(reason)
  })
}
