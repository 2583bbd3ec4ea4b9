/** A file of ours that is not in the bucket: its days were over, or somebody removed it. No repetition brings it back. */
export class FileGone extends Error {
  override readonly name = 'FileGone'

  constructor(key: string) {
    super(
      `${key} is not in the bucket any more: the days for which files are kept (keep_faxes) are over, or somebody removed it.`,
    )
  }
}
