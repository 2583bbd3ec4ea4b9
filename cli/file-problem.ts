import { visible } from '../shared/visible.ts'
import { CommandFailed } from './subcommand.ts'

/** A file that could not be read or written, in words for whoever named it. */
export class FileProblem extends CommandFailed {
  /** The system's name of it (ENOENT), where the system has one. */
  readonly code: string | undefined

  constructor(reason: string, code?: string) {
    super(reason)
    this.code = code
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'is a folder',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'lies below something that is no folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'lies on a disk that is mounted read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'larger than a file may be',
  ENAMETOOLONG: 'the name is too long',
  EPIPE: 'nobody reads it',
  ELOOP: 'symbolic links that lead in a circle',
}

/** Of an error of the file system; anything else is thrown on. */
export function fileProblem(error: unknown, doing: string, file: string): FileProblem {
  if (error instanceof FileProblem) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === undefined) throw error
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : code)
  return new FileProblem(`can't ${doing} ${visible(file)}: ${reason}`, code)
}
