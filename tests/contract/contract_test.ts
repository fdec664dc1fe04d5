import assert from "node:assert/strict";
import {
  endpoints,
  errorNumbers,
  meterPublications,
  nodeEndpoints,
  nodePublications,
  nodeToken,
  schemas,
  Subjects,
} from "../../src/contract/mod.ts";
import { transactionErrorCodes } from "../../src/transaction/mod.ts";
import { emptyJournal } from "../nats/setup.ts";
import { systemTime } from "../../src/base/time.ts";

// Clients rely on these tables: a change of a row is a change of the contract.

Deno.test("the numbers of the error codes do not change", () => {
  assert.deepEqual(errorNumbers, {
    INVALID_REQUEST: 400,
    UNKNOWN_TRANSACTION: 404,
    METER_REFUSED: 409,
    TRANSACTION_FINISHED: 409,
    TRANSACTION_OPEN: 409,
    BUSY: 429,
    INTERNAL: 500,
    NOT_SUPPORTED: 501,
    MODBUS_EXCEPTION: 502,
    OCMF_CORRUPTED: 502,
    METER_OFFLINE: 503,
    OCMF_NOT_READY: 503,
    TIMEOUT: 504,
    JOURNAL_FAILED: 507,
  });
});

Deno.test("each error code has one number, and the schema of a failure has each code once", () => {
  const codes = schemas.Error.shape.code.options;
  assert.deepEqual(codes, transactionErrorCodes);
  assert.deepEqual([...new Set(codes)].sort(), Object.keys(errorNumbers).sort());
  assert.equal(new Set(codes).size, codes.length);
});

Deno.test("the subjects of a site and their schemas do not change", () => {
  const subjects = new Subjects("wattseal", "berlin-01");
  const publications = (meter: string, table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([suffix, schema]) => `${subjects.of(meter, suffix)}: ${schema}`);
  const requests = (
    meter: string,
    table: readonly { suffix: string; request?: string; response: string }[],
  ) => table.map(({ suffix, request, response }) => `${subjects.of(meter, suffix)}: ${request ?? "-"} ${response}`);
  const unused = () => assert.fail("nothing is asked for");
  const node = {
    journal: emptyJournal,
    instance: "a",
    meters: [],
    time: systemTime,
    maxPayload: unused,
    wake: unused,
  };
  assert.deepEqual([
    ...publications("evse-1", meterPublications),
    ...requests("evse-1", endpoints({ now: unused, status: unused, read: unused })),
    ...publications(nodeToken, nodePublications),
    ...requests(nodeToken, nodeEndpoints(node)),
    subjects.instance,
  ], [
    "wattseal.berlin-01.evse-1.reading: Powermeter",
    "wattseal.berlin-01.evse-1.interval: Interval",
    "wattseal.berlin-01.evse-1.ocmf: OcmfResult",
    "wattseal.berlin-01.evse-1.public_key: PublicKey",
    "wattseal.berlin-01.evse-1.status: Status",
    "wattseal.berlin-01.evse-1.fault.*: Fault",
    "wattseal.berlin-01.evse-1.reading.get: - Powermeter",
    "wattseal.berlin-01.evse-1.public_key.get: - PublicKey",
    "wattseal.berlin-01.evse-1.status.get: - Status",
    "wattseal.berlin-01.evse-1.transaction.start: TransactionReq TransactionStartResponse",
    "wattseal.berlin-01.evse-1.transaction.stop: TransactionStopReq TransactionStopResponse",
    "wattseal.berlin-01.evse-1.transaction.status: TransactionStatusReq TransactionStatusResponse",
    "wattseal.berlin-01.evse-1.acknowledge: AcknowledgeReq AcknowledgeResponse",
    "wattseal.berlin-01._node.status: NodeStatus",
    "wattseal.berlin-01._node.fault.*: Fault",
    "wattseal.berlin-01._node.schemas.get: - Schemas",
    "wattseal.berlin-01._node.journal.get: JournalReq JournalPage",
    "wattseal.berlin-01._node.redeliver: RedeliverReq RedeliverResponse",
    "wattseal.berlin-01._node.instance.get",
  ]);
});

Deno.test("the methods of Subjects name the subjects on which something is published", () => {
  const subjects = new Subjects("acme.energy", "*");
  assert.deepEqual(
    [
      subjects.reading("evse-1"),
      subjects.interval("evse-1"),
      subjects.record("evse-1"),
      subjects.publicKey("evse-1"),
      subjects.status("evse-1"),
      subjects.fault("evse-1", "*"),
    ],
    Object.keys(meterPublications).map((suffix) => `acme.energy.*.evse-1.${suffix}`),
  );
});
