/**
 * The thread that writes a journal. It opens the journal, carries out one write after another, and answers each
 * request.
 *
 * @module
 */
import { collectGarbage } from "../base/collect_garbage.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import type { Journal } from "./journal.ts";
import { callWrite, type JournalWrite, type JournalWrites } from "./live_journal.ts";
import { openJournal } from "./open_journal.ts";
import { type ThreadMessage, type ThreadRequest, type ThreadStart, toFailure } from "./thread_messages.ts";

globalThis.addEventListener("message", (event) => {
  if (event instanceof MessageEvent) serve(event.data);
}, { once: true });

function serve({ stateDir, nowMs, port, gate }: ThreadStart): void {
  const send = (message: ThreadMessage) => port.postMessage(message);
  try {
    const failpoint = gate === undefined ? undefined : waitAtGate(gate, send);
    const startedAt = performance.now();
    const journal = openJournal(stateDir, { now: () => nowMs + Math.round(performance.now() - startedAt), failpoint });
    port.onmessage = ({ data }) => send(answer(journal, data));
    const { path, damaged, invalidLog } = journal;
    send({ kind: "opened", path, damaged, invalidLog });
    // What loading the modules has left; the writes of a day leave less
    collectGarbage();
  } catch (error) {
    send({ kind: "refused", failure: toFailure(error) });
  }
}

function answer(journal: Journal, { id, name, args }: ThreadRequest): ThreadMessage {
  try {
    const result = name === "close"
      ? journal.close(args[0] === true)
      : callWrite(journal, name, args as Parameters<JournalWrites[JournalWrite]>);
    return { kind: "done", id, state: journal.state, result };
  } catch (error) {
    return { kind: "failed", id, state: journal.state, failure: toFailure(error) };
  }
}

/** A failpoint that waits until the main thread continues it, so that a test can end the process between two steps. */
function waitAtGate(gate: Int32Array, send: (message: ThreadMessage) => void): JournalFailpoint {
  return (...step) => {
    Atomics.store(gate, 0, 0);
    send({ kind: "failpoint", step });
    Atomics.wait(gate, 0, 0);
  };
}
