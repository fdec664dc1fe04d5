import type { Time } from "../base/time.ts";
import { verifyRecord } from "../ocmf/mod.ts";
import type { ShownVerification } from "../view/mod.ts";
import type { PublishedRecord } from "./published_record.ts";

/** The results of so many records are kept: a reader goes back to the same ones. */
const maxKept = 5_000;

/** From the best to the worst. */
const sessionOrder = ["ok", "unknown", "violated"];

/** Verifies records again, so that a record is not shown as valid only because its message says so. */
export class CheckedRecords {
  readonly #time: Pick<Time, "sleep">;
  readonly #kept = new Map<string, ShownVerification>();

  /** @param time a verification takes some milliseconds; others have their turn after each */
  constructor(time: Pick<Time, "sleep">) {
    this.#time = time;
  }

  /**
   * The verdicts of a record: the signature as it is verified here; the worse verdict on the session, because the node
   * knows more than the record says; the published verdict on the key.
   */
  async check(record: PublishedRecord): Promise<ShownVerification> {
    if (record.ocmf === undefined) return record.verification;
    const key = `${record.seq} ${record.storedAt} ${record.id}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    await this.#time.sleep(0);
    const checked = checkedVerdicts(record);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= maxKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, checked);
    return checked;
  }
}

function checkedVerdicts({ bytes, publicKey, verification: published }: PublishedRecord): ShownVerification {
  const own = verifyRecord(bytes, publicKey);
  const differs = own.signature === published.signature
    ? []
    : [`The record was published with signature ${published.signature}, but its text has signature ${own.signature}`];
  const [session = published.session] = [own.session, published.session].toSorted((one, other) =>
    sessionOrder.indexOf(other) - sessionOrder.indexOf(one)
  );
  const problems = new Set([...differs, ...published.problems, ...own.problems]);
  return { signature: own.signature, session, key: published.key, problems: [...problems] };
}
