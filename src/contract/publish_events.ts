import type { MeterEvent } from "../meter/mod.ts";
import type { TransactionEvent } from "../transaction/mod.ts";
import type { Publisher } from "./publisher.ts";

/** Publishes the effects of an event of a meter. */
export function publishMeterEvent(publisher: Publisher, meter: string, event: MeterEvent): void {
  switch (event.kind) {
    case "state":
      publisher.publishStatus(meter);
      publisher.publishNodeStatus();
      break;
    case "identified":
      publisher.publishPublicKey(meter);
      publisher.publishStatus(meter);
      break;
    case "reading":
      publisher.publishReading(meter, event.reading);
      break;
    case "fault":
      publisher.publishFault(meter, event.fault);
      break;
    case "energies":
    case "recognised":
    case "ocmf_state":
      break;
  }
}

/** Publishes the effects of an event of the transactions of a meter. */
export function publishTransactionEvent(publisher: Publisher, meter: string, event: TransactionEvent): void {
  if (event.kind === "record") publisher.wakeOutbox();
  else publisher.publishStatus(meter);
}
