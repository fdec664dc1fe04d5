import assert from "node:assert/strict";
import fc from "fast-check";
import { type Property, property } from "../fuzz/property.ts";
import { startPayload } from "./fake_everest.ts";
import { requestsOfMeter } from "./requests_of_meter.ts";
import { TransactionNode } from "./transaction_node.ts";

const phase = fc.record({
  lastsMs: fc.integer({ min: 100, max: 20_000 }),
  kind: fc.constantFrom("nobody" as const, "request lost" as const, "reply lost" as const, "fine" as const),
});
const step = fc.record({
  pauseMs: fc.constantFrom(0, 50, 700, 3_000, 9_000, 40_000),
  kind: fc.constantFrom("start" as const, "stop" as const, "stop open" as const),
});
const pace = fc.record({ identifyMs: fc.constantFrom(0, 0, 600, 3_500), workMs: fc.constantFrom(10, 900, 6_000) });

/** Long enough for every attempt after the last phase. */
const settledMs = 400_000;

/** Properties of every sequence of requests of EVerest, with interruptions. */
export const requestOrderProperties: readonly Property[] = [
  property(
    {
      name: "everest-order",
      title:
        "after requests of EVerest and interruptions, an open transaction is one that EVerest has started and not stopped",
      runs: 150,
    },
    [fc.array(step, { minLength: 1, maxLength: 8 }), fc.array(phase, { maxLength: 6 }), pace],
    async (steps, phases, paces) => {
      const { time, node, sent, send } = requestsOfMeter();
      const meter = new TransactionNode(time, phases, paces);
      node.answer = meter.answer;
      const starts = new Map<string, string>();
      const stopped = new Set<string>();
      let lastId = "tx-0";
      let lastStop: string | undefined;
      for (const { kind, pauseMs } of steps) {
        if (kind === "start") {
          lastId = `tx-${starts.size + 1}`;
          starts.set(lastId, send("start", startPayload(lastId)));
          lastStop = undefined;
        } else {
          lastStop = send("stop", kind === "stop" ? lastId : "");
          if (kind === "stop") stopped.add(lastId);
        }
        await time.advance(pauseMs);
      }
      await time.advance(settledMs);
      const isOk = (end: string | undefined) =>
        end !== undefined && (sent.on(`/${end}`)[0] as { readonly status: string }).status === "OK";
      if (meter.open !== undefined) {
        assert.ok(isOk(starts.get(meter.open)), "an open transaction has started for EVerest");
        assert.ok(!stopped.has(meter.open), "a stopped transaction is not open");
      }
      if (steps.at(-1)?.kind === "start" && isOk(starts.get(lastId))) assert.equal(meter.open, lastId);
      if (steps.at(-1)?.kind === "stop open" && isOk(lastStop)) assert.equal(meter.open, undefined);
    },
  ),
];
