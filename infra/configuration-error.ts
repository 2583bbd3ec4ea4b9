/** What whoever runs the synthesis can mend: shown as it is, without a stack trace. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}
