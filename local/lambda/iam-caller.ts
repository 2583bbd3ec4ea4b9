import { readAuthorization, type Signed } from '../aws/authorization.ts'
import { AwsError } from '../aws/aws-error.ts'
import { sha256, verifySignature } from '../aws/signature.ts'

export interface KnownCaller {
  accountId: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

/** Who Lambda says that a request to a URL with AuthType AWS_IAM comes from. */
export interface IamCaller {
  accessKey: string
  accountId: string
  callerId: string
  cognitoIdentity: null
  principalOrgId: null
  userArn: string
  userId: string
}

/** Lets in whoever signs with the key of this machine's gateway. Throws an AwsError for anybody else. */
export function iamCaller(known: KnownCaller): (request: Signed, body: Buffer) => IamCaller {
  const { accountId, region, accessKeyId, secretAccessKey } = known
  return (request, body) => {
    const authorization = readAuthorization(request)
    if (authorization === undefined) throw new AwsError(403, 'AccessDenied', 'Forbidden')
    verifySignature(request, authorization, sha256(body), {
      region,
      secretAccessKey,
      authorizer: { knows: (key) => key === accessKeyId },
      nowMilliseconds: Date.now(),
    })
    const userArn = `arn:aws:iam::${accountId}:user/local`
    return {
      accessKey: accessKeyId,
      accountId,
      callerId: accessKeyId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn,
      userId: accessKeyId,
    }
  }
}
