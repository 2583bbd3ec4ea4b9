import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './tools.ts'

/** The only binary package of Debian 12 that carries TIFFs of many kinds; libtiff's own are in its source package alone. */
const PACKAGE = 'golang-golang-x-image-dev'
const IMAGES = 'usr/share/gocode/src/golang.org/x/image/testdata'

/** Without no_compress.tiff and no_rps.tiff, whose alpha channel libtiff lays over black. With the difference that a sample may have: viewers round 16 bits to 8 as they like. */
export const STANDARD_IMAGES = [
  { name: 'blue-purple-pink.lzwcompressed.tiff', tolerance: 0 },
  { name: 'bw-deflate.tiff', tolerance: 0 },
  { name: 'bw-gopher_ccittGroup3.tiff', tolerance: 0 },
  { name: 'bw-gopher_ccittGroup4.tiff', tolerance: 0 },
  { name: 'bw-packbits.tiff', tolerance: 0 },
  { name: 'bw-uncompressed.tiff', tolerance: 0 },
  { name: 'video-001-16bit.tiff', tolerance: 1 },
  { name: 'video-001-gray-16bit.tiff', tolerance: 1 },
  { name: 'video-001-gray.tiff', tolerance: 0 },
  { name: 'video-001-paletted.tiff', tolerance: 0 },
  { name: 'video-001-strip-64.tiff', tolerance: 0 },
  { name: 'video-001-tile-64x64.tiff', tolerance: 0 },
  { name: 'video-001-uncompressed.tiff', tolerance: 0 },
  { name: 'video-001.tiff', tolerance: 0 },
] as const

export interface StandardImage {
  name: string
  path: string
}

/** Takes the package from the mirror that apt knows, without installing it. */
export async function fetchStandardImages(folder: string): Promise<StandardImage[]> {
  const unpacked = join(folder, 'debian')
  await mkdir(unpacked)
  // apt downloads as a user of its own, who must be able to get here.
  await Promise.all([folder, unpacked].map((each) => chmod(each, 0o777)))
  await run('apt-get', ['download', '-qq', PACKAGE], unpacked)
  const [archive = ''] = (await readdir(unpacked)).filter((name) => name.endsWith('.deb'))
  await run('dpkg-deb', ['-x', join(unpacked, archive), unpacked])
  const names = (await readdir(join(unpacked, IMAGES))).filter((name) => name.endsWith('.tiff'))
  return names.sort().map((name) => ({ name, path: join(unpacked, IMAGES, name) }))
}
