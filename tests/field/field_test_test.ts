import assert from "node:assert/strict";
import { exceptionAnswer, type RequestFrame } from "../../src/modbus/mod.ts";
import { Line } from "../../src/line/mod.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import { encodeInteger, registers } from "../../src/meter/mod.ts";
import { type Checked, FieldMeter, fieldTest, FrameLog, Mask } from "../../src/field/mod.ts";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions } from "../../src/simulator/mod.ts";

/** Shortens the pauses of the test itself, but not those of the line. */
const hasty: Time = { ...clocks(), sleep: (ms, signal) => systemTime.sleep(Math.min(ms, 5), signal) };

function clocks(): Pick<Time, "now" | "mono"> {
  return { now: () => systemTime.now(), mono: () => systemTime.mono() };
}

/** Time that passes by `stepMs` from one read or write of the line to the next, however busy the machine is. */
function stepping(stepMs: number): Time {
  let nowMs = 0;
  return { ...hasty, mono: () => nowMs += stepMs };
}

async function tested(
  options: SimulatedMeterOptions,
  { transactionId, powerCycle = false, before = () => {}, stepMs = 10 }: {
    transactionId?: string;
    powerCycle?: boolean;
    before?: (meter: SimulatedMeter) => void;
    stepMs?: number;
  } = {},
) {
  const meter = new SimulatedMeter({ load: "still", closingMs: 0, ...options });
  before(meter);
  await using simulated = SimulatedLine.open([meter], { paced: false });
  const frames = new FrameLog(stepping(stepMs));
  const line = new Line({
    name: "test",
    endpoint: { kind: "serial", path: simulated.path ?? "" },
    baudrate: 115_200,
    parity: "none",
    stopBits: 1,
    rtscts: false,
    ignoreEcho: false,
    initialTimeoutMs: 10_000,
    withinMessageTimeoutMs: 1000,
    retries: 0,
  }, { tap: frames.tap });
  assert.equal(await line.start(), undefined);
  const checked: Checked[] = [];
  const kept: string[] = [];
  const said: string[] = [];
  const mask = new Mask();
  const { signal } = new AbortController();
  const parts = { unit: options.unit, time: hasty, frames, signal };
  const problem = await fieldTest({ meter: new FieldMeter(line, parts), mask, facts: {} }, {
    transactionId,
    powerCycle,
    saveRecord: (record) => Promise.resolve(void kept.push(new TextDecoder().decode(record))),
    print: (text) => said.push(text),
  }, (found) => checked.push(found));
  await line.close();
  const numbers = (verdict: string) => checked.filter((one) => one.verdict === verdict).map(({ number }) => number);
  return { checked, kept, said, problem, numbers, frames, mask, meter, requests: [...simulated.requests.entries] };
}

Deno.test("field-test reports the properties of a simulated EM580, and writes nothing to it", async () => {
  const { numbers, requests, checked, mask } = await tested({ unit: 1, keyBits: 384, serialNumber: "KZ1234567001D" });
  assert.deepEqual(numbers("differs"), [], JSON.stringify(checked));
  assert.doesNotMatch(mask.text(JSON.stringify(checked)), /KZ1234567|4B5A31323334/);
  assert.deepEqual(numbers("open"), [11, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  assert.ok(requests.every(({ kind }) => kind === "read"));
});

Deno.test("field-test reports a meter that answers after more than 500 ms", async () => {
  const { numbers } = await tested({ unit: 1 }, { stepMs: 501 });
  assert.ok(numbers("differs").includes(14));
});

Deno.test("field-test --transaction stores the record of its session before the meter erases it", async () => {
  const { numbers, kept, problem, checked } = await tested({ unit: 1 }, { transactionId: "field-test-1" });
  assert.equal(problem, undefined);
  assert.deepEqual(numbers("differs"), [], JSON.stringify(checked));
  assert.deepEqual(numbers("open"), [11, 12, 24, 25]);
  assert.match(kept.join(), /^OCMF\|.*<=>field-test-1/);
});

Deno.test("field-test --transaction writes nothing to a meter with a record that was not fetched", async () => {
  const { problem, kept, requests } = await tested({ unit: 1 }, {
    transactionId: "field-test-1",
    before: (meter) => meter.corrupt(),
  });
  assert.match(problem ?? "", /^the OCMF state is CORRUPTED: .* Nothing was written$/);
  assert.deepEqual(kept, []);
  assert.ok(requests.every(({ kind }) => kind === "read"));
});

const { command, ocmfState } = registers.transaction;

function write(address: number, value: number): RequestFrame {
  return { unit: 1, function: 16, address, count: 1, data: encodeInteger("u16", value), length: 11 };
}

Deno.test("field-test --transaction does not erase a record of another transaction", async () => {
  const { problem, kept, meter, requests } = await tested({ unit: 1 }, {
    transactionId: "field-test-1",
    before: (meter) => {
      const respond = meter.respond.bind(meter);
      meter.respond = (request) => {
        const { address, data } = request;
        if (address !== registers.transaction.tariffText.at || data.length === 0) return respond(request);
        const text = new TextDecoder().decode(data).replace("field-test-1", "customers-12");
        return respond({ ...request, data: new TextEncoder().encode(text) });
      };
    },
  });
  assert.match(problem ?? "", /a record of another transaction: it was not erased/);
  assert.deepEqual([kept, meter.ocmfState], [[], "READY"]);
  assert.ok(!requests.some(({ kind, address }) => kind === "write" && address === ocmfState.at));
});

Deno.test("field-test --transaction stops its transaction also if the meter is busy at first", async () => {
  let busy = 2;
  const { problem, meter } = await tested({ unit: 1 }, {
    transactionId: "field-test-1",
    before: (meter) => {
      const respond = meter.respond.bind(meter);
      meter.respond = (request) => {
        const isEnd = request.address === command.at && request.data[1] === registers.commands.end;
        return isEnd && meter.ocmfState === "RUNNING" && busy-- > 0
          ? exceptionAnswer(1, request.function, 6)
          : respond(request);
      };
    },
  });
  assert.deepEqual([problem, meter.ocmfState, busy], [undefined, "NOT_READY", -1]);
});

Deno.test("field-test --power-cycle does not ask to switch off a meter with a running transaction", async () => {
  const { said, meter } = await tested({ unit: 1 }, {
    powerCycle: true,
    before: (meter) => void meter.respond(write(command.at, registers.commands.begin)),
  });
  assert.deepEqual(said, ["Do not switch the meter's power off: a transaction is running"]);
  assert.equal(meter.ocmfState, "RUNNING");
});

Deno.test("field-test leaves checks open for a meter without OCMF, and hides its serial number in frames", async () => {
  const { numbers, frames, mask } = await tested({ unit: 2, model: "em300", serialNumber: "AB12345" });
  assert.deepEqual(numbers("differs"), []);
  assert.deepEqual(numbers("holds"), [1, 2, 3, 4, 5, 8, 14, 15]);
  const text = frames.lines(mask).join("\n");
  assert.match(text, /< 02 04 0E 00 78 00 78 00 78 00 78 00 78 00 78 00 78/);
  assert.doesNotMatch(text, /41 00 42|41 42/);
});

Deno.test("field-test hides a serial number in hex, with two characters per register and with one", () => {
  const mask = new Mask();
  mask.hide("AB12345");
  assert.equal(mask.text("data 004142313233343500, AB12345"), "data 00xxxxxxxxxxxxxx00, xxxxxxx");
  assert.equal(mask.text("4142 3132 3334 3500 at 3 ms"), "xxxx xxxx xxxx xx00 at 3 ms");
  assert.equal(mask.text("0041 0042 0031 0032 0033 0034 0035 at 3 ms"), "00xx xxxx xxxx xxxx xxxx xxxx xxxx at 3 ms");
});
