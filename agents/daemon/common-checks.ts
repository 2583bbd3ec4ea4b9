import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { PREFIXES } from '../../shared/object-keys.ts'
import { awsFault } from '../aws-fault.ts'
import type { AwsClients } from './aws-clients.ts'
import type { Check, CheckResult } from './check.ts'
import type { CommonConfig } from './common-options.ts'
import { findQueueUrl } from './queue-url.ts'

/** The agent's user has to be able to write there; `check` run by root says so of root alone. */
export function stateFolderCheck({ stateFolder }: Pick<CommonConfig, 'stateFolder'>, user: string): Check {
  return {
    name: 'state folder',
    run: async () => {
      const probe = join(stateFolder, `.check-${randomUUID()}`)
      try {
        await writeFile(probe, '', { flag: 'wx' })
        await rm(probe)
        return { ok: true, text: `${stateFolder} can be written to` }
      } catch (error) {
        const text = `${stateFolder} can not be written to: ${(error as Error).message}`
        const fix = `install -d -o ${user} -g ${user} -m 0750 ${stateFolder}, and run the check as ${user}: sudo -u ${user} …`
        return { ok: false, text, fix }
      }
    },
  }
}

/** AWS refuses what was signed more than 5 minutes (S3: 15) off. */
const LARGEST_SKEW_SECONDS = 120
const DATE_MILLISECONDS = 10_000

/** Compares our clock with the one of the answering server, which says it without credentials. */
export function clockCheck(
  { region, endpoint }: Pick<CommonConfig, 'region' | 'endpoint'>,
  now: () => Date,
): Check {
  const url = endpoint ?? `https://s3.${region}.amazonaws.com`
  return {
    name: 'clock',
    run: async () => {
      const answer = await fetch(url, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(DATE_MILLISECONDS),
      }).catch((error: Error) => error)
      if (answer instanceof Error) return unreachable(url, answer)
      const theirs = Date.parse(answer.headers.get('date') ?? '')
      if (Number.isNaN(theirs)) return { ok: false, text: `${url} did not say what time it has` }
      const seconds = Math.round((now().getTime() - theirs) / 1000)
      const off = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} ${new URL(url).host}`
      if (Math.abs(seconds) <= LARGEST_SKEW_SECONDS) return { ok: true, text: seconds === 0 ? 'right' : off }
      return { ok: false, text: off, fix: 'Set the clock and keep it so: apt install systemd-timesyncd' }
    },
  }
}

function unreachable(url: string, error: Error): CheckResult {
  const cause = error.cause instanceof Error ? error.cause.message : error.message
  const fix = 'Let this machine make HTTPS connections to AWS, and look whether names are resolved.'
  return { ok: false, text: `${url} does not answer: ${cause}`, fix }
}

export function credentialsCheck({ credentials }: Pick<AwsClients, 'credentials'>, user: string): Check {
  return {
    name: 'credentials',
    run: async () => {
      try {
        const { accessKeyId, expiration } = await credentials()
        const until = expiration === undefined ? 'without an end' : `until ${expiration.toISOString()}`
        return { ok: true, text: `key ***${accessKeyId.slice(-4)}, ${until}` }
      } catch (error) {
        const fix = `Give the user ${user} credentials that the AWS SDK finds: docs/agents.md shows IAM Roles Anywhere.`
        return { ok: false, text: `there are none: ${(error as Error).message}`, fix }
      }
    },
  }
}

/**
 * Whether faxes can be put into the site's prefix, with nothing left behind: S3 looks at the permission first, and then refuses the
 * one byte for its checksum, which is wrong on purpose.
 */
export function uploadCheck({ s3 }: Pick<AwsClients, 's3'>, config: CommonConfig): Check {
  const key = `${PREFIXES.incoming}${config.site}/check`
  return bucketCheck(config, `write to ${PREFIXES.incoming}${config.site}/`, async () => {
    const request = new PutObjectCommand({
      Bucket: config.bucket,
      Key: key,
      Body: Buffer.from('?'),
      IfNoneMatch: '*',
      ChecksumSHA256: Buffer.alloc(32).toString('base64'),
    })
    try {
      await s3.send(request)
    } catch (error) {
      const { httpStatus } = awsFault(error)
      if (httpStatus !== 400) throw error
    }
  })
}

/** Whether what lies for the site in an area of the bucket can be seen. */
export function filesCheck(
  { s3 }: Pick<AwsClients, 's3'>,
  config: CommonConfig,
  area: 'print' | 'transmit',
): Check {
  const prefix = `${PREFIXES[area]}${config.site}/`
  return bucketCheck(config, `read ${prefix}`, async () => {
    await s3.send(new ListObjectsV2Command({ Bucket: config.bucket, Prefix: prefix, MaxKeys: 1 }))
  })
}

function bucketCheck({ bucket, region }: CommonConfig, may: string, call: () => Promise<void>): Check {
  return {
    name: 'bucket',
    run: async () => {
      try {
        await call()
        return { ok: true, text: `${bucket}: may ${may}` }
      } catch (error) {
        const { httpStatus, text } = awsFault(error)
        return { ok: false, text: `${bucket}: may not ${may}: ${text}`, fix: bucketFix(httpStatus, region) }
      }
    },
  }
}

function bucketFix(httpStatus: number | undefined, region: string): string {
  if (httpStatus === 403)
    return 'Use the credentials of this site: its role is among the outputs of the deployment.'
  if (httpStatus === 404) return 'Write bucket as the output FaxesBucket of the deployment has it.'
  if (httpStatus === 301) return `Write the region of the bucket; ${region} it is not.`
  return 'Let this machine make HTTPS connections to S3.'
}

export function queueCheck({ sqs }: Pick<AwsClients, 'sqs'>, queueName: string): Check {
  return {
    name: `queue ${queueName}`,
    run: async () => {
      try {
        await findQueueUrl(sqs, queueName)
        return { ok: true, text: 'is there' }
      } catch (error) {
        const { httpStatus, text } = awsFault(error)
        const fix =
          httpStatus === undefined
            ? 'Let this machine make HTTPS connections to SQS.'
            : 'Look whether site, name and region are those of the deployment, and whose credentials these are.'
        return { ok: false, text, fix }
      }
    },
  }
}
