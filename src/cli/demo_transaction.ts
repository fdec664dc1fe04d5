import { JSONCodec, type NatsConnection } from "nats";
import { randomUUID } from "node:crypto";
import type { Time } from "../base/time.ts";
import { explainRecord, verifyRecord } from "../ocmf/mod.ts";
import { explanationText } from "./explanation_text.ts";
import type { Screen } from "./screen.ts";

/** Parameters of a demo transaction. */
export interface TransactionDemo {
  readonly client: NatsConnection;
  /** `wattseal.<site>.<meter>` */
  readonly subject: string;
  readonly screen: Pick<Screen, "print">;
  readonly interrupted: AbortSignal;
  readonly time: Time;
}

const transactionMs = 4000;
/** Also enough for a slow or emulated processor. */
const replyTimeoutMs = 120_000;

/** Starts and stops one transaction over NATS, as a charge point does, and checks the results. */
export async function runTransaction(demo: TransactionDemo): Promise<boolean> {
  const { client, subject, screen, interrupted, time } = demo;
  const id = randomUUID();
  const published = client.subscribe(`${subject}.ocmf`, { max: 1, timeout: 4 * replyTimeoutMs });
  screen.print("", `-> ${subject}.transaction.start  ${id}`);
  const started = await request(demo, "transaction.start", {
    evse_id: "DE*WSL*E0001",
    transaction_id: id,
    identification_status: "ASSIGNED",
    identification_level: "VERIFIED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN", "OCPP_RS_TLS"],
    identification_data: "1F2D3A4F5506C7",
    tariff_text: "0.42 EUR/kWh",
  });
  screen.print(`<- ${started.status}${started.error ? `: ${started.error}` : ""}`);
  if (started.status !== "OK") return false;
  await time.sleep(transactionMs, interrupted);
  if (interrupted.aborted) return false;
  screen.print(`-> ${subject}.transaction.stop   ${id}`);
  const stopped = await request(demo, "transaction.stop", { transaction_id: id });
  screen.print(`<- ${stopped.status}${stopped.error ? `: ${stopped.error}` : ""}`);
  const ocmf = stopped.signed_meter_value?.signed_meter_data;
  if (stopped.status !== "OK" || ocmf === undefined) return false;
  const key = await request(demo, "public_key.get", {});
  for await (const message of published) {
    const result = JSONCodec<{ transaction_id?: string; ocmf: string }>().decode(message.data);
    return report(screen, { id, ocmf, publicKey: key.public_key ?? "", published: result });
  }
  screen.print(`FAILED: nothing was published on ${subject}.ocmf`);
  return false;
}

interface TransactionResult {
  readonly id: string;
  readonly ocmf: string;
  readonly publicKey: string;
  readonly published: { readonly transaction_id?: string; readonly ocmf: string };
}

/** Prints the record, its explanation and the checks. */
function report(screen: Pick<Screen, "print">, { id, ocmf, publicKey, published }: TransactionResult): boolean {
  const bytes = new TextEncoder().encode(ocmf);
  const verification = verifyRecord(bytes, publicKey, { transactionId: id });
  screen.print("", "The record, as signed by the meter:", "");
  screen.print(ocmf);
  screen.print("", "Its content:", "");
  for (const line of explanationText(explainRecord(bytes, verification))) screen.print(line);
  const checks: readonly (readonly [string, boolean])[] = [
    ["the signature is valid for the meter's public key", verification.signature === "valid"],
    ["the session is complete and plausible", verification.session === "ok"],
    ["the record on NATS is identical, byte for byte", published.ocmf === ocmf],
    ["the record belongs to this transaction", published.transaction_id === id],
  ];
  screen.print("");
  for (const [what, holds] of checks) screen.print(`${holds ? "PASSED" : "FAILED"}: ${what}`);
  for (const problem of verification.problems) screen.print(`       ${problem}`);
  screen.print("");
  return checks.every(([, holds]) => holds);
}

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly public_key?: string;
  readonly signed_meter_value?: { readonly signed_meter_data: string };
}

async function request({ client, subject }: TransactionDemo, what: string, body: unknown): Promise<Answer> {
  const message = await client.request(`${subject}.${what}`, JSON.stringify(body), { timeout: replyTimeoutMs });
  return message.json<Answer>();
}
