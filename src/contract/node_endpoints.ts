import { journalPages, type JournalPagesOptions } from "./journal_pages.ts";
import { redelivery, type RedeliveryOptions } from "./redelivery.ts";
import { jsonSchemas, type SchemaName } from "./schemas.ts";

/** One thing that can be asked of the process itself, on `<prefix>.<site>._node.<suffix>`. */
export interface NodeEndpoint {
  /** Last part of the subject; the endpoint's name is the same with `_` for the dot. */
  readonly suffix: string;
  /**
   * Its field `instance`, where it has one, chooses the process that answers.
   *
   * @default "NodeReq"
   */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** What it does, for messages: `give the schemas of`. */
  readonly verb: string;
  /**
   * Answers; throws what `errorAnswer` translates.
   *
   * @param body the request's JSON object
   */
  answer(body: object): Promise<object> | object;
}

/** What the endpoints of the process need. */
export interface NodeEndpointsOptions extends JournalPagesOptions, RedeliveryOptions {
  readonly journal: JournalPagesOptions["journal"] & RedeliveryOptions["journal"];
}

/** All endpoints of the process itself. */
export function nodeEndpoints(options: NodeEndpointsOptions): readonly NodeEndpoint[] {
  let schemas: object | undefined;
  return [
    {
      suffix: "schemas.get",
      response: "Schemas",
      verb: "give the schemas of",
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
