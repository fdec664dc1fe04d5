import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { nodeStatusPayload, type NodeStatusSource } from "./node_status.ts";
import type { NodeStatusPayload } from "./node_schemas.ts";

/** Publishes the status of this process, even if a part of it cannot be read. */
export class NodeReport {
  readonly #source: NodeStatusSource;
  readonly #publish: (payload: NodeStatusPayload) => void;
  readonly #problemLog: ProblemLog;
  readonly #startedAtMs: number;

  constructor(
    source: NodeStatusSource,
    publish: (payload: NodeStatusPayload) => void,
    { log, time }: { log: Log; time: Time },
  ) {
    this.#source = source;
    this.#publish = publish;
    this.#problemLog = new ProblemLog(log, time, "error");
    this.#startedAtMs = time.now();
  }

  /** Publishes the present status. Never throws. */
  publish(state: NodeStatusPayload["state"]): void {
    try {
      const payload = nodeStatusPayload(this.#source, state, this.#startedAtMs);
      this.#problemLog.over("The status of this process is published again");
      this.#publish(payload);
    } catch (error) {
      this.#problemLog.failed("Cannot publish the status of this process", { reason: errorText(error) });
    }
  }
}
