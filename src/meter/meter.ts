import type { Feed } from "../base/feed.ts";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { Bus } from "../../bridge/mod.ts";
import type { FaultBoard } from "./faults.ts";
import type { MeterOptions } from "./meter_options.ts";
import type { OcmfState } from "./registers.ts";
import type {
  Identity,
  MeterEvent,
  MeterState,
  Reading,
  SignedValue,
  TransactionFields,
  TransactionSteps,
} from "./types.ts";

/** One meter on its line. */
export declare class Meter implements TransactionSteps {
  constructor(options: MeterOptions, bus: Bus, deps: { time: Time; log: Log });
  readonly name: string;
  readonly events: Feed<MeterEvent>;
  readonly faults: FaultBoard;
  readonly triedOnce: Promise<void>;
  get identity(): Identity | undefined;
  get state(): MeterState;
  get skippedCycles(): number;
  start(): void;
  stop(): Promise<void>;
  readNow(): Promise<Reading>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  readOcmfState(): Promise<OcmfState>;
  writeTransaction(fields: TransactionFields): Promise<void>;
  begin(): Promise<void>;
  end(): Promise<void>;
  readTariffText(): Promise<string>;
  readOcmfFile(): Promise<Uint8Array>;
  confirmOcmfFile(): Promise<void>;
  readSignedValue(): Promise<SignedValue>;
  settleClock(): Promise<void>;
  monitor(on: boolean): void;
}
