import type { Reading } from "../meter/mod.ts";
import { powermeter, publicKeyOf } from "./payloads.ts";
import type { MeterPost } from "./posts.ts";
import type { Publish } from "./publish.ts";
import type { Subjects } from "./subjects.ts";

/** Where readings leave the process. While NATS is away they are dropped. */
export class Readings {
  readonly #subjects: Subjects;
  readonly #publish: Publish;

  constructor(subjects: Subjects, publish: Publish) {
    this.#subjects = subjects;
    this.#publish = publish;
  }

  /** How many readings wait to be published. */
  get spooled(): number {
    return 0;
  }

  publish({ name, meter, publicKeyFormat }: MeterPost, reading: Reading): void {
    const payload = powermeter(reading, { publicKey: publicKeyOf(meter.identity, publicKeyFormat) });
    this.#publish(this.#subjects.of(name, "reading"), payload, `${payload.meter_id}:${payload.timestamp}`);
  }
}
