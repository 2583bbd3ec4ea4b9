import sharp from 'sharp'

/** Clouds of several sizes, a slope, an edge: greys as a camera brings them, the same each time. */
export async function photoJpeg(width: number, height: number): Promise<Uint8Array> {
  const octaves = await Promise.all(
    [6, 14, 40, 160].map((cells, index) => noise(cells, width, height, index + 1)),
  )
  const weights = [0.5, 0.28, 0.14, 0.08]
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const cloud = octaves.reduce((sum, octave, index) => sum + (octave[at] ?? 0) * (weights[index] ?? 0), 0)
      const hill = y > height * (0.6 + 0.1 * Math.sin((x / width) * 9)) ? 0.45 : 1
      pixels[at] = Math.max(0, Math.min(255, (cloud * 1.5 - 40 + (1 - y / height) * 60) * hill))
    }
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer()
}

function noise(cells: number, width: number, height: number, seed: number): Promise<Uint8Array> {
  let state = seed
  const grains = Uint8Array.from({ length: cells * cells }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state >> 16
  })
  return sharp(grains, { raw: { width: cells, height: cells, channels: 1 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .extractChannel(0)
    .raw()
    .toBuffer()
}
