import type { Identity, MeterState, Reading } from "../../src/meter/mod.ts";
import type { ServedMeter } from "../../src/contract/mod.ts";
import { layoutNamed } from "../support/layout_named.ts";

/** An EM580 with test keys. */
export const em580: Identity = {
  code: 1600,
  family: "em580",
  layout: layoutNamed("em580"),
  model: "EM580",
  firmware: { measure: "1.2.3", communication: "4.5.6" },
  serialNumber: "BY1234567",
  productionYear: 2024,
  meterId: "BY1234567.2024",
  billing: {
    able: true,
    keyBits: 256,
    signingMethod: "ECDSA-brainpoolP256r1-SHA256",
    publicKeyPoint: "04" + "AB".repeat(64),
    publicKeyDer: "305A" + "CD".repeat(90),
  },
};

/** A meter of the EM300 series. */
export const em340: Identity = {
  code: 341,
  family: "em300",
  layout: layoutNamed("em300"),
  model: "EM300/ET300",
  firmware: { measure: "1.0.0", communication: "1.0.0" },
  serialNumber: "KX12345",
  meterId: "KX12345",
  billing: { able: false, reason: "meters of the EM300 series have no OCMF" },
};

/** 2026-01-31T08:00:00.250Z */
export const atMs = Date.UTC(2026, 0, 31, 8, 0, 0, 250);

/** A complete reading; exact decimals. */
export const reading = {
  meterId: "BY1234567.2024",
  takenAtMs: atMs,
  phaseSequenceError: false,
  energyImportWh: 12345678901,
  energyExportWh: 0,
  powerW: { total: 6900.3, L1: 2300.1, L2: 2300.1, L3: 2300.1 },
  voltageV: { L1: 230.1, L2: 229.9, L3: 230 },
  reactivePowerVar: { total: -30.3, L1: -10.1, L2: -10.1, L3: -10.1 },
  currentA: { L1: 10.001, L2: -10.002, L3: 0 },
  frequencyHz: 50,
  temperatureC: 23.5,
  signedValue: {
    data: "00".repeat(122),
    signature: "11".repeat(64),
    signingMethod: "ECDSA-brainpoolP256r1-SHA256",
    takenAtMs: atMs + 5,
  },
} satisfies Reading;

/** A fault of a meter. */
export const deviceFault = {
  subType: "DeviceStateError",
  active: true,
  message: "over range",
  sinceMs: Date.UTC(2026, 0, 1),
  atMs: Date.UTC(2026, 0, 1),
} as const;

/** A meter with its transactions; a test replaces the methods that it needs. */
export class FakeServedMeter implements ServedMeter {
  readonly lineName = "rs485-1";
  readonly publicKeyFormat: "binary" | "der" = "binary";
  readonly invert: boolean = false;
  readonly requests: unknown[] = [];
  readonly meter: { identity: Identity | undefined; state: MeterState; readNow(): Promise<Reading> } = {
    identity: em580,
    state: "online",
    readNow: () => Promise.resolve(reading),
  };
  readonly transactions: ServedMeter["transactions"] & { start: ServedMeter["transactions"]["start"] } = {
    current: { state: "idle" },
    start: (request) => {
      this.requests.push(request);
      return Promise.resolve({ status: "OK", transaction_id: "tx-1" });
    },
    stop: (request) => {
      this.requests.push(request);
      return Promise.resolve({ status: "OK" });
    },
    isNeverRefused: () => false,
    status: (request) => {
      this.requests.push(request);
      return { status: "OK", transaction: { state: "running", transaction_id: "tx-1" } };
    },
    acknowledge: (request) => {
      this.requests.push(request);
      return Promise.resolve({ status: "OK" });
    },
  };

  constructor(readonly name: string) {}
}
