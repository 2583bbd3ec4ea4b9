import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './tools.ts'

export interface StandardImage {
  name: string
  path: string
  tolerance: number
}

/** The only binary package of Debian 12 that carries TIFFs of many kinds; those of libtiff's own are in its source. */
const PACKAGE = 'golang-golang-x-image-dev'
const IMAGES = 'usr/share/gocode/src/golang.org/x/image/testdata'

export async function fetchStandardImages(folder: string): Promise<StandardImage[]> {
  const unpacked = join(folder, 'debian')
  await mkdir(unpacked)
  // apt's own user downloads, and must be able to get here.
  await Promise.all([folder, unpacked].map((each) => chmod(each, 0o777)))
  await download(unpacked)
  const [archive = ''] = (await readdir(unpacked)).filter((name) => name.endsWith('.deb'))
  await run('dpkg-deb', ['-x', join(unpacked, archive), unpacked])
  const names = (await readdir(join(unpacked, IMAGES))).filter((name) => name.endsWith('.tiff'))
  return names.sort().map((name) => {
    return { name, path: join(unpacked, IMAGES, name), tolerance: name.includes('16bit') ? 1 : 0 }
  })
}

async function download(folder: string): Promise<void> {
  const { execFile } = await import('node:child_process')
  await new Promise<void>((resolve, reject) => {
    execFile('apt-get', ['download', '-qq', PACKAGE], { cwd: folder, timeout: 60_000 }, (error) =>
      error === null ? resolve() : reject(error),
    )
  })
}
