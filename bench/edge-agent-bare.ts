import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

/** What one would write in place of the edge agent: every TIFF of a folder to S3 by the SDK alone, and then away with it. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const { BENCH_ENDPOINT: endpoint = '', BENCH_BUCKET: Bucket, BENCH_PARALLEL = '4' } = process.env
const [folder = ''] = process.argv.slice(2)
const s3 = new S3Client({ endpoint, forcePathStyle: true })
const names = (await readdir(folder)).filter((name) => name.endsWith('.tif'))

await Promise.all(
  Array.from({ length: Number(BENCH_PARALLEL) }, async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const path = join(folder, name)
      const { size: ContentLength } = await stat(path)
      const Body = createReadStream(path)
      await s3.send(new PutObjectCommand({ Bucket, Key: `incoming/paris/${name}`, Body, ContentLength }))
      await rm(path)
      process.stdout.write('fax-uploaded\n')
    }
  }),
)
// Its memory is looked at before it is told to end.
setInterval(() => {}, 1000)
