import { journalPages, type JournalPagesOptions } from "./journal_pages.ts";
import { redelivery, type RedeliveryOptions } from "./redelivery.ts";
import { jsonSchemas, type SchemaName } from "./schemas.ts";

/** A request to the process, on `<prefix>.<site>._node.<suffix>`. */
export interface NodeEndpoint {
  /** Last part of the subject; the name of the endpoint is the same with `_` for the dot. */
  readonly suffix: string;
  /**
   * Schema of the request. Its optional field `instance` selects the process that answers.
   *
   * @default "NodeReq"
   */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** The operation, for messages: `report the schemas of`. */
  readonly verb: string;
  /**
   * Returns the answer. Throws an error that `errorAnswer` translates.
   *
   * @param body JSON object of the request
   */
  answer(body: object): Promise<object> | object;
}

/** What the endpoints of the process need. */
export interface NodeEndpointsOptions extends JournalPagesOptions, RedeliveryOptions {
  readonly journal: JournalPagesOptions["journal"] & RedeliveryOptions["journal"];
}

/** All endpoints of the process. */
export function nodeEndpoints(options: NodeEndpointsOptions): readonly NodeEndpoint[] {
  let schemas: object | undefined;
  return [
    {
      suffix: "schemas.get",
      response: "Schemas",
      verb: "report the schemas of",
      answer: () => schemas ??= jsonSchemas(),
    },
    {
      suffix: "journal.get",
      request: "JournalReq",
      response: "JournalPage",
      verb: "list the journal of",
      answer: journalPages(options),
    },
    {
      suffix: "redeliver",
      request: "RedeliverReq",
      response: "RedeliverResponse",
      verb: "deliver records again from",
      answer: redelivery(options),
    },
  ];
}
