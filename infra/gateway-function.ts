import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { FunctionName } from './bundles.ts'
import type { FunctionSize } from './function-sizes.ts'
import type { Names } from './names.ts'
import { useKey, writeOwnLog } from './permissions.ts'

export interface GatewayFunctionProps {
  names: Names
  functionName: FunctionName
  description: string
  /** Folder with the bundle, index.mjs. */
  assetFolder: string
  size: FunctionSize
  environment: Record<string, string>
  /** Lambda stops what looks like a loop after some rounds; only who ends its rounds itself may say that it is none. */
  sendsToItself?: boolean
  /** All that it may do, besides writing its own log. */
  permissions: readonly PolicyStatement[]
}

/** A Lambda function with its log group and a role that holds its permissions and no others. */
export class GatewayFunction extends Construct {
  readonly shortName: FunctionName
  readonly lambda: LambdaFunction
  readonly role: Role

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id)
    const { names, functionName, size } = props
    this.shortName = functionName
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: names.functionLog(functionName),
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      description: `What ${names.function(functionName)} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // Inline, so that the permissions are there as soon as the role is: an event source mapping is refused without them.
      inlinePolicies: {
        Needs: new PolicyDocument({
          statements: [writeOwnLog(logGroup.logGroupArn), ...useKey(names), ...props.permissions],
        }),
      },
    })
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: names.function(functionName),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      // The source map stays in the build folder, for whoever reads a stack trace: in the function it would only be loaded for nothing.
      code: Code.fromAsset(props.assetFolder, { exclude: ['*.map'] }),
      timeout: Duration.seconds(size.timeoutSeconds),
      memorySize: size.memoryMegabytes,
      environment: {
        LEDGER_TABLE: names.ledger,
        METRICS_NAMESPACE: names.deployment,
        ...props.environment,
      },
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      recursiveLoop: props.sendsToItself === true ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
    })
  }
}
