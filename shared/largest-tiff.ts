/**
 * The largest TIFF that is taken. The agent says so before it uploads, and `receive` refuses a larger one unread, so that none can exhaust
 * its memory. A dense page at fine resolution has some 100 KB: this is a thousand of them.
 */
export const LARGEST_TIFF_BYTES = 100_000_000
