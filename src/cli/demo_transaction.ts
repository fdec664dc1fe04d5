import { JSONCodec, type NatsConnection } from "nats";
import { randomUUID } from "node:crypto";
import type { Time } from "../base/time.ts";
import { explainRecord, verifyRecord } from "../ocmf/mod.ts";
import { explanationText } from "./explanation_text.ts";
import type { Screen } from "./screen.ts";

/** What a demo transaction needs. */
export interface TransactionDemo {
  readonly client: NatsConnection;
  /** `wattseal.<site>.<meter>` */
  readonly subject: string;
  readonly screen: Screen;
  readonly interrupted: AbortSignal;
  readonly time: Time;
}

const chargingMs = 4000;
const answerMs = 30_000;

/** Starts and stops one transaction over NATS, as a charge point would, and checks all that comes of it. */
export async function runTransaction(demo: TransactionDemo): Promise<boolean> {
  const { client, subject, screen, interrupted, time } = demo;
  const id = randomUUID();
  const published = client.subscribe(`${subject}.ocmf`, { max: 1, timeout: answerMs });
  screen.say("", `-> ${subject}.transaction.start  ${id}`);
  const started = await ask(demo, "transaction.start", {
    evse_id: "DE*WSL*E0001",
    transaction_id: id,
    identification_status: "ASSIGNED",
    identification_level: "VERIFIED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN", "OCPP_RS_TLS"],
    identification_data: "1F2D3A4F5506C7",
    tariff_text: "0.42 EUR/kWh",
  });
  screen.say(`<- ${started.status}${started.error ? `: ${started.error}` : ""}`);
  if (started.status !== "OK") return false;
  await time.sleep(chargingMs, interrupted);
  screen.say(`-> ${subject}.transaction.stop   ${id}`);
  const stopped = await ask(demo, "transaction.stop", { transaction_id: id });
  screen.say(`<- ${stopped.status}${stopped.error ? `: ${stopped.error}` : ""}`);
  const ocmf = stopped.signed_meter_value?.signed_meter_data;
  if (stopped.status !== "OK" || ocmf === undefined) return false;
  const key = await ask(demo, "public_key.get", {});
  for await (const message of published) {
    const result = JSONCodec<{ transaction_id?: string; ocmf: string }>().decode(message.data);
    return report(screen, { id, ocmf, publicKey: key.public_key ?? "", published: result });
  }
  screen.say(`WRONG: nothing was published on ${subject}.ocmf`);
  return false;
}

interface Outcome {
  readonly id: string;
  readonly ocmf: string;
  readonly publicKey: string;
  readonly published: { readonly transaction_id?: string; readonly ocmf: string };
}

/** Tells of the record in plain words. */
function report(screen: Screen, { id, ocmf, publicKey, published }: Outcome): boolean {
  const bytes = new TextEncoder().encode(ocmf);
  const verification = verifyRecord(bytes, publicKey, { transactionId: id });
  screen.say("", "The record, as the meter sealed it:", "");
  screen.say(ocmf);
  screen.say("", "What it says:", "");
  for (const line of explanationText(explainRecord(bytes, verification))) screen.say(line);
  const checks: readonly (readonly [string, boolean])[] = [
    ["the signature fits the meter's public key", verification.signature === "valid"],
    ["the session is whole and plausible", verification.session === "ok"],
    ["the record on NATS is the same, byte for byte", published.ocmf === ocmf],
    ["it belongs to our transaction", published.transaction_id === id],
  ];
  screen.say("");
  for (const [what, holds] of checks) screen.say(`${holds ? "RIGHT" : "WRONG"}: ${what}`);
  for (const problem of verification.problems) screen.say(`       ${problem}`);
  screen.say("");
  return checks.every(([, holds]) => holds);
}

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly public_key?: string;
  readonly signed_meter_value?: { readonly signed_meter_data: string };
}

async function ask({ client, subject }: TransactionDemo, what: string, body: unknown): Promise<Answer> {
  const message = await client.request(`${subject}.${what}`, JSON.stringify(body), { timeout: answerMs });
  return message.json<Answer>();
}
