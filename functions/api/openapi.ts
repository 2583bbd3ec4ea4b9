import * as z from 'zod'
import {
  errorSchema,
  listQuerySchema,
  listSchema,
  postSchema,
  transmissionsSchema,
  transmissionViewSchema,
} from './shapes.ts'

/** Of a type, as JSON Schema 2020-12, which is what OpenAPI 3.1 takes. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } })
const answered = (description: string, name: string) => ({ description, content: json(name) })
const refused = (description: string) => answered(description, 'Error')

const ID = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^\\d{8}T\\d{6}Z-[0-9a-hjkmnp-tv-z]{12}$' },
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Any text of up to 255 characters, new for each request. The same key with the same body is the same request for a day: it is sent once, and answered as it stands.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

/** The HTTP endpoint as an OpenAPI document, made of the schemas by which it reads and answers. */
export function openApiDocument(): object {
  const query = schemaOf(listQuerySchema, 'input') as { properties: Record<string, object> }
  return {
    openapi: '3.1.0',
    info: {
      title: 'faxlane: sending faxes',
      version: '1',
      description:
        'A Lambda function URL: requests are signed with AWS Signature Version 4 for the service lambda, and IAM lets in whom a policy allows ' +
        'lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function. The output FaxesUrl of the stack NAME-gateway is the address. ' +
        'Who may send where is in the sections [outbound] of the routing table.',
    },
    servers: [
      {
        url: 'https://{urlId}.lambda-url.{region}.on.aws',
        variables: { urlId: { default: 'example' }, region: { default: 'eu-west-1' } },
      },
    ],
    security: [{ awsSignatureVersion4: [] }],
    paths: {
      '/faxes': {
        post: {
          operationId: 'sendFaxes',
          summary:
            'Sends a document to one number or several: to all of them, or to none where one is refused.',
          parameters: [IDEMPOTENCY_KEY],
          requestBody: { required: true, content: json('SendRequest') },
          responses: {
            '202': answered('Taken. What becomes of each is asked for by its id.', 'Transmissions'),
            '400': refused('The body does not hold.'),
            '403': refused('The caller may not send, or not by that section of the routing table.'),
            '422': refused(
              'A number or a wish is refused, or the key came with another request before. Nothing is sent.',
            ),
          },
        },
        get: {
          operationId: 'listFaxes',
          summary: 'Lists what was sent, newest first, as far as the caller may see it.',
          parameters: Object.entries(query.properties).map(([name, schema]) => ({
            name,
            in: 'query',
            required: false,
            schema,
          })),
          responses: {
            '200': answered('Those that fit.', 'TransmissionList'),
            '400': refused('The query does not hold.'),
          },
        },
      },
      '/faxes/{id}': {
        parameters: [ID],
        get: {
          operationId: 'getFax',
          summary: 'What became of one.',
          responses: {
            '200': answered('As it stands.', 'Transmission'),
            '404': refused('There is none, or the caller may not see it.'),
          },
        },
        delete: {
          operationId: 'cancelFax',
          summary: 'Cancels what is not dialled yet.',
          responses: {
            '200': answered('Nobody will dial it.', 'Transmission'),
            '404': refused('There is none, or the caller may not see it.'),
            '409': refused('It is being dialled, or has ended.'),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        awsSignatureVersion4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service lambda.',
        },
      },
      schemas: {
        SendRequest: schemaOf(postSchema, 'input'),
        Transmission: schemaOf(transmissionViewSchema, 'output'),
        Transmissions: schemaOf(transmissionsSchema, 'output'),
        TransmissionList: schemaOf(listSchema, 'output'),
        Error: schemaOf(errorSchema, 'output'),
      },
    },
  }
}
