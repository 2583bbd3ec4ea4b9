/** Marsaglia's xorshift: the same numbers for the same seed. */
export function makeRandom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x2f, 0x3b, 0x3d, 0x5b, 0x5c, 0x7b]

/** One input made of another: bits and bytes changed, stretches cut, doubled, moved, or taken from a third. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  random: () => number,
  longestBytes: number,
): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit)
  let bytes: Uint8Array = Uint8Array.from(input)
  for (let change = 1 + below(6); change > 0; change -= 1) {
    const at = below(bytes.length + 1)
    const length = 1 + below(Math.min(64, bytes.length - at + 1))
    const kind = below(7)
    if (kind === 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
    else if (kind === 1 && at < bytes.length) bytes[at] = INTERESTING[below(INTERESTING.length)] ?? below(256)
    else if (kind === 2 && at < bytes.length) bytes[at] = below(256)
    else if (kind === 3) bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length))
    else if (kind === 4)
      bytes = joined(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at))
    else if (kind === 5) {
      const from = below(other.length + 1)
      bytes = joined(bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at))
    } else {
      const filled = new Uint8Array(length).fill(INTERESTING[below(INTERESTING.length)] ?? 0)
      bytes = joined(bytes.subarray(0, at), filled, bytes.subarray(at))
    }
  }
  return bytes.subarray(0, longestBytes)
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
