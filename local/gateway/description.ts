import * as z from 'zod'

/** All that it takes to work with a local gateway that is up, from its own process or another. */
export const runningGatewaySchema = z.object({
  /** Name of the deployment that it stands for. */
  deployment: z.string(),
  /** Of all services but DynamoDB. */
  endpoint: z.string(),
  dynamoDbEndpoint: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  region: z.string(),
  bucket: z.string(),
  ledgerTable: z.string(),
  sites: z.array(z.string()),
  /** The file of the checked table that it routes by. */
  routingTable: z.string(),
  /** URL of the print queue of each site. */
  printQueues: z.record(z.string(), z.string()),
  /** URL of the queue on which the agents of each site report. */
  reportsQueues: z.record(z.string(), z.string()),
  /** Where faxes are sent and asked for over HTTP, signed. */
  faxesUrl: z.string(),
  /** Where a person finds things: folders of the home folder, and the functions' log file. */
  folders: z.object({
    bucket: z.string(),
    mail: z.string(),
    ftp: z.string(),
    printed: z.string(),
    /** Pages that the other side of a played telephone received. */
    sent: z.string(),
    /** What log backends wrote. */
    log: z.string(),
    /** What the functions printed: a file. */
    functionsLog: z.string(),
  }),
})
export type RunningGateway = z.infer<typeof runningGatewaySchema>
