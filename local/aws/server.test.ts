import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import {
  DeleteObjectCommand,
  GetBucketAclCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, startTestStandIn, type TestStandIn } from './testing.ts'

let running: TestStandIn
beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createBucket('faxes', [])
})
afterAll(() => running.end())

describe('a request that is not known gets an error that names it, and is told:', () => {
  const put = { Bucket: 'faxes', Key: 'key', Body: 'x' }
  test.each<[string, (s3: S3Client) => Promise<unknown>, string]>([
    [
      'an operation on a bucket',
      (s3) => s3.send(new GetBucketAclCommand({ Bucket: 'faxes' })),
      'S3 GET of a bucket, query acl',
    ],
    ['one without a bucket', (s3) => s3.send(new ListBucketsCommand({})), 'S3 GET of a bucket.'],
    [
      'a header that changes what is meant',
      (s3) => s3.send(new PutObjectCommand({ ...put, Tagging: 'a=b' })),
      'S3 PutObject (PUT of an object, header x-amz-tagging)',
    ],
    [
      'another one',
      (s3) => s3.send(new PutObjectCommand({ ...put, ServerSideEncryption: 'aws:kms' })),
      'S3 PutObject (PUT of an object, header x-amz-server-side-encryption)',
    ],
    [
      'a conditional delete',
      (s3) => s3.send(new DeleteObjectCommand({ Bucket: 'faxes', Key: 'key', IfMatch: '"0123"' })),
      'S3 DeleteObject (DELETE of an object, header if-match)',
    ],
  ])('%s', async (_, request, what) => {
    const error = await errorOf(request(new S3Client(running.client)))
    expect(error).toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(`The local stand-in does not know ${what}`),
      $metadata: { httpStatusCode: 501 },
    })
    expect(running.told.at(-1)).toBe(`S3: ${error.message}`)
  })

  test('a service', async () => {
    const sns = new SQSClient(running.client)
    sns.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> }
        request.headers.authorization = (request.headers.authorization ?? '').replace('/sqs/', '/sns/')
        return next(args)
      },
      { step: 'finalizeRequest', name: 'forge', priority: 'low' },
    )
    await errorOf(sns.send(new ListQueuesCommand({})))
    expect(running.told.at(-1)).toContain('does not know the service "sns" (AmazonSQS.ListQueues)')
  })
})

describe('a wrong signature is refused in the words of each service:', () => {
  const mail = {
    Source: 'a@example.org',
    Destinations: ['b@example.org'],
    RawMessage: { Data: Buffer.from('From: a@example.org\r\n\r\n') },
  }
  const services: [
    string,
    (config: TestStandIn['client']) => Promise<unknown>,
    secret: string,
    key: string,
  ][] = [
    [
      'S3',
      (config) => new S3Client(config).send(new PutObjectCommand({ Bucket: 'faxes', Key: 'key', Body: 'x' })),
      'SignatureDoesNotMatch',
      'InvalidAccessKeyId',
    ],
    [
      'SQS',
      (config) => new SQSClient(config).send(new ListQueuesCommand({})),
      'InvalidSignatureException',
      'InvalidClientTokenId',
    ],
    [
      'SES',
      (config) => new SESClient(config).send(new SendRawEmailCommand(mail)),
      'SignatureDoesNotMatch',
      'InvalidClientTokenId',
    ],
    [
      'Secrets Manager',
      (config) => new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: 'x' })),
      'InvalidSignatureException',
      'UnrecognizedClientException',
    ],
  ]
  test.each(services)('%s', async (_, request, wrongSecret, wrongKey) => {
    const { credentials } = running.client
    const secret = await errorOf(
      request({ ...running.client, credentials: { ...credentials, secretAccessKey: 'wrong' } }),
    )
    const key = await errorOf(
      request({ ...running.client, credentials: { ...credentials, accessKeyId: 'AKIAWRONG' } }),
    )
    expect([secret.name, key.name]).toEqual([wrongSecret, wrongKey])
    expect([secret.$metadata?.httpStatusCode, key.$metadata?.httpStatusCode]).toEqual([403, 403])
  })

  test('another region', async () => {
    const error = await errorOf(
      new S3Client({ ...running.client, region: 'us-east-1' }).send(new ListBucketsCommand({})),
    )
    expect(error.name).toBe('AuthorizationHeaderMalformed')
  })

  test.each([
    ['no signature', {}],
    ['a header that is none', { authorization: 'Basic YTpi' }],
  ])('%s', async (_, headers) => {
    expect((await fetch(`${running.standIn.endpoint}/faxes/key`, { headers })).status).toBeGreaterThanOrEqual(
      400,
    )
  })
})

test('it listens on 127.0.0.1 alone', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  for (const endpoint of [running.standIn.endpoint, running.standIn.dynamoDbEndpoint]) {
    const { hostname, port } = new URL(endpoint)
    expect(hostname).toBe('127.0.0.1')
    for (const { address } of others) await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow()
  }
})

test('a port that is taken is an error, and leaves nothing running', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(startTestStandIn({ port })).rejects.toThrow('EADDRINUSE')
  taken.close()
})
