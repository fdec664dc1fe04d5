import type { LiveJournal } from "../journal/mod.ts";
import type { TransactionSteps } from "../meter/mod.ts";
import { MeterTransactions } from "./meter_transactions.ts";
import type { MeterTransactionsOptions } from "./meter_transactions_options.ts";
import type { StartResult, StopResult } from "./results.ts";
import type { WhenRunning } from "./run_start.ts";
import type { StartRequest } from "./start_request.ts";

/** The steps of a transaction, in order. A crash between them must do no harm. */
export const failpoints = [
  "start.before_intent",
  "start.after_intent",
  "start.before_fields",
  "start.after_fields",
  "start.before_begin",
  "start.after_begin",
  "start.before_running",
  "start.after_running",
  "start.after_start_value",
  "start.before_answer",
  "end.before_intent",
  "end.after_intent",
  "end.before_command",
  "end.after_command",
  "record.before_read",
  "record.after_read",
  "record.after_store",
  "record.after_verdict",
  "record.before_confirm",
  "record.after_confirm",
  "stop.before_answer",
] as const;

/** One of {@linkcode failpoints}. */
export type Failpoint = typeof failpoints[number];

/** Awaited at each step, so that a test can end the process there. */
export type FailpointHook = (name: Failpoint) => void | Promise<void>;

/** The steps before and after one call. */
interface Around {
  readonly before?: Failpoint;
  readonly after?: Failpoint;
}

const readFile: Around = { before: "record.before_read", after: "record.after_read" };

const aroundSteps: Readonly<Partial<Record<PropertyKey, Around>>> = {
  writeTransaction: { before: "start.before_fields", after: "start.after_fields" },
  begin: { before: "start.before_begin", after: "start.after_begin" },
  end: { before: "end.before_command", after: "end.after_command" },
  readOcmfFile: readFile,
  salvageOcmfFile: readFile,
  confirmOcmfFile: { after: "record.after_confirm" },
} satisfies Partial<Record<keyof TransactionSteps, Around>>;

const aroundWrites: Readonly<Partial<Record<PropertyKey, Around>>> = {
  setStartValue: { after: "start.after_start_value" },
  storeRecord: { after: "record.after_store" },
  storeVerdict: { after: "record.after_verdict" },
  check: { before: "record.before_confirm" },
} satisfies Partial<Record<keyof LiveJournal, Around>>;

const aroundChanges: Readonly<Partial<Record<string, Around>>> = {
  starting: { before: "start.before_intent", after: "start.after_intent" },
  running: { before: "start.before_running", after: "start.after_running" },
  stopping: { before: "end.before_intent", after: "end.after_intent" },
};

/**
 * The transactions of one meter.
 *
 * @param hook awaited before and after each step on the meter and each write to the journal. @default none
 * @throws {JournalError} the journal cannot be read
 */
export function newMeterTransactions(options: MeterTransactionsOptions, hook?: FailpointHook): MeterTransactions {
  return hook === undefined ? new MeterTransactions(options) : new HookedTransactions(options, hook);
}

class HookedTransactions extends MeterTransactions {
  readonly #hook: FailpointHook;

  constructor({ meter, journal, ...rest }: MeterTransactionsOptions, hook: FailpointHook) {
    const aroundWrite = (name: PropertyKey, [change]: readonly unknown[]) =>
      name === "change" ? aroundChanges[(change as { readonly state: string }).state] : aroundWrites[name];
    super({
      ...rest,
      meter: hooked(meter, (name) => aroundSteps[name], hook),
      journal: hooked(journal, aroundWrite, hook),
    });
    this.#hook = hook;
  }

  override async start(request: StartRequest, untilMs?: number, whenRunning?: WhenRunning): Promise<StartResult> {
    const result = await super.start(request, untilMs, whenRunning);
    await this.#hook("start.before_answer");
    return result;
  }

  override async stop(id: string, untilMs?: number): Promise<StopResult | undefined> {
    const result = await super.stop(id, untilMs);
    await this.#hook("stop.before_answer");
    return result;
  }
}

/** Wraps an object: calls the hook before and after some of its methods, also after a method that fails. */
function hooked<T extends object>(
  target: T,
  aroundOf: (name: PropertyKey, args: readonly unknown[]) => Around | undefined,
  hook: FailpointHook,
): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const around = aroundOf(name, args);
        const call = (): unknown => value.apply(object, args);
        return around === undefined ? call() : passing(around, call, hook);
      };
    },
  });
}

async function passing({ before, after }: Around, call: () => unknown, hook: FailpointHook): Promise<unknown> {
  if (before !== undefined) await hook(before);
  try {
    return await call();
  } finally {
    if (after !== undefined) await hook(after);
  }
}
