import type { AbortCalls } from "../src/base/abort_calls.ts";
import type { Priority } from "./bus.ts";
import type { LineRequest } from "./line_request.ts";
import type { LineQueue, Waiting } from "./line_queue.ts";
import type { ModbusClient, Outcome } from "./modbus_client.ts";

/** One exchange as a transfer asks for it. */
export interface WorkPlan {
  readonly request: LineRequest;
  readonly priority: Priority;
  /** See `TransferOptions`. */
  readonly deadline: number | undefined;
  /** An immediate repeat: goes before other work of its priority. */
  readonly repeat: boolean;
  /** Monotonic time in milliseconds before which it may not start. */
  readonly notBefore: number;
  readonly signal: AbortSignal | undefined;
  /** Puts the request on the wire. */
  run(client: ModbusClient): Promise<Outcome>;
}

/** How one exchange ended, or that the line closed before it began. */
export type WorkResult = Outcome | { readonly kind: "closed"; readonly error: unknown };

/** One exchange that waits for its turn. */
export interface LineWork extends Waiting, Pick<WorkPlan, "request" | "run"> {
  settle(result: WorkResult): void;
}

/**
 * Queues one exchange.
 *
 * @param aborts of the line
 * @param times what the line has against starting it, beside the plan's own `notBefore`
 * @returns how it ended
 * @throws the signal's reason, when it is aborted while the exchange still waits
 */
export function queueWork(
  queue: LineQueue<LineWork>,
  aborts: AbortCalls,
  plan: WorkPlan,
  times: Pick<LineWork, "heldUntil" | "yieldsUntil">,
): Promise<WorkResult> {
  const { signal } = plan;
  return new Promise((resolve, reject) => {
    const unwatch = signal && aborts.watch(signal, () => {
      if (queue.remove(work)) reject(signal.reason);
    });
    const work: LineWork = {
      request: plan.request,
      priority: plan.priority,
      deadline: plan.deadline,
      repeat: plan.repeat,
      heldUntil: () => Math.max(plan.notBefore, times.heldUntil() ?? 0),
      yieldsUntil: () => times.yieldsUntil(),
      run: (client) => plan.run(client),
      settle(result) {
        unwatch?.();
        resolve(result);
      },
    };
    queue.add(work);
  });
}
