/** Put in by the bundler; whoever runs the sources is developing. */
export const VERSION = process.env.FAXLANE_VERSION ?? 'development'
