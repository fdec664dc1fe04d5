import assert from "node:assert/strict";
import { scanAnswer } from "../../src/modbus/answer_scanner.ts";
import { expectedAnswer } from "../../src/modbus/expected_answer.ts";
import type { Framing, Progress } from "../../src/modbus/framing.ts";
import { MbapFraming, readAnswer, RtuFraming, withCrc } from "../../src/modbus/mod.ts";

interface Exchange {
  readonly what: string;
  readonly request: string;
  readonly answer: string;
}

/** A request of each kind and its answer, as RTU frames. */
const exchanges: readonly Exchange[] = [
  { what: "one input register", request: "0104000b00014008", answer: "0104020144b893" },
  { what: "two holding registers", request: "010300000002c40b", answer: frame(1, 3, 4, 0, 9, 0, 3) },
  {
    what: "as many registers as a request holds",
    request: frame(1, 4, 0, 0, 0, 125),
    answer: readAnswer(1, 4, Uint8Array.from({ length: 250 }, (_, at) => at)).toHex(),
  },
  { what: "a write", request: "0110704000010200425966", answer: "0110704000011add" },
  { what: "a refused read", request: "0104000b00014008", answer: "018402c2c1" },
  { what: "a refused write", request: "0110704000010200425966", answer: frame(1, 0x90, 3) },
];

/** Bytes that are not a frame; the last ones begin like the answer to a read. */
const junk = ["00", "ff", "000000", "00ff01", "aa55aa55aa55", "0104", "010402"];
/** Complete frames for no request in the table. */
const foreign = [frame(2, 4, 2, 1, 0x44), frame(2, 16, 0x70, 0x40, 0, 1), frame(2, 0x84, 2)];

function frame(...body: number[]): string {
  return withCrc(Uint8Array.from(body)).toHex();
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/** The bytes in one piece, in two pieces cut at each byte, and byte by byte. */
function splits(hex: string): string[][] {
  const cuts = Array.from({ length: hex.length / 2 - 1 }, (_, at) => 2 * at + 2);
  return [[hex], ...cuts.map((cut) => [hex.slice(0, cut), hex.slice(cut)]), hex.match(/../g) ?? []];
}

/** Progress of a framing after pieces: the last one, or the first that is not `wait`. */
function take(framing: Framing, pieces: readonly string[]): Progress {
  let progress: Progress = { kind: "wait", inside: false, missing: 0 };
  for (const piece of pieces) {
    progress = framing.take(bytesOf(piece));
    if (progress.kind !== "wait") return progress;
  }
  return progress;
}

/** The answer in the pieces. */
function assertAnswered(framing: Framing, pieces: readonly string[], answer: string): void {
  const progress = take(framing, pieces);
  assert.equal(progress.kind === "answer" ? progress.frame.toHex() : progress.kind, answer, pieces.join(" "));
}

for (const { what, request, answer } of exchanges) {
  const expected = expectedAnswer(bytesOf(request));
  const bytes = bytesOf(answer);

  Deno.test(`scanAnswer() finds the answer to ${what}: whole, and after, between and before junk`, () => {
    for (const before of ["", ...junk, ...foreign.map((hex) => hex.slice(0, -2))]) {
      for (const behind of ["", ...junk]) {
        const found = scanAnswer(bytesOf(before + answer + behind), expected);
        assert.equal(found.kind, "answer", `${before} ${answer} ${behind}`);
        assert.deepEqual(found, { kind: "answer", frame: bytes, end: before.length / 2 + bytes.length });
      }
    }
  });

  Deno.test(`scanAnswer() returns how much is missing of the answer to ${what}, cut at each byte`, () => {
    for (let have = 1; have < bytes.length; have++) {
      // Before the function is known, a normal answer is assumed
      const want = have === 1 ? expected.length : bytes.length;
      assert.deepEqual(scanAnswer(bytes.subarray(0, have), expected), { kind: "partial", have, want });
    }
    assert.deepEqual(scanAnswer(new Uint8Array(0), expected), { kind: "nothing" });
  });

  Deno.test(`scanAnswer() rejects the answer to ${what} with any damaged byte`, () => {
    for (let at = 0; at < bytes.length; at++) {
      const found = scanAnswer(bytes.with(at, (bytes[at] ?? 0) ^ 0x10), expected);
      assert.ok(found.kind === "nothing" || found.kind === "partial", `byte ${at}: ${found.kind}`);
    }
  });

  Deno.test(`scanAnswer() returns the answer to ${what} as a foreign frame if no answer is expected`, () => {
    for (const before of ["", "00", "ffff"]) {
      const found = scanAnswer(bytesOf(before + answer + "00"), undefined);
      assert.deepEqual(found, { kind: "foreign", frame: bytes, end: before.length / 2 + bytes.length });
    }
  });

  Deno.test(`RtuFraming accepts the answer to ${what}: whole, and split at each byte`, () => {
    const framing = new RtuFraming(false);
    for (const pieces of splits(answer)) {
      assert.equal(framing.begin(bytesOf(request)).toHex(), request);
      assertAnswered(framing, pieces, answer);
      framing.finish();
      assert.deepEqual(framing.takeUnexpected(), []);
    }
  });

  Deno.test(`RtuFraming waits for the rest of the answer to ${what} from its second byte`, () => {
    const framing = new RtuFraming(false);
    for (let have = 1; have < bytes.length; have++) {
      framing.begin(bytesOf(request));
      const missing = (have === 1 ? expected.length : bytes.length) - have;
      assert.deepEqual(framing.take(bytes.subarray(0, have)), { kind: "wait", inside: have >= 2, missing });
    }
  });

  Deno.test(`RtuFraming accepts the answer to ${what} with junk before and after it, split at each byte`, () => {
    const framing = new RtuFraming(false);
    for (const before of junk) {
      for (const pieces of splits(before + answer)) {
        framing.begin(bytesOf(request));
        assertAnswered(framing, pieces, answer);
        assert.equal(framing.take(bytesOf(before)).kind, "wait", "what comes behind it");
        framing.finish();
      }
    }
    assert.deepEqual(framing.takeUnexpected(), []);
  });

  Deno.test(`RtuFraming accepts the answer to ${what} after other frames with junk between, and returns those frames`, () => {
    const framing = new RtuFraming(false);
    for (const other of foreign) {
      for (const between of ["", ...junk]) {
        for (const pieces of splits(other + between + answer)) {
          framing.begin(bytesOf(request));
          assertAnswered(framing, pieces, answer);
          framing.finish();
          assert.deepEqual(framing.takeUnexpected().map((frame) => frame.toHex()), [other]);
        }
      }
    }
  });

  Deno.test(`RtuFraming returns no value with junk inside the answer to ${what}`, () => {
    const framing = new RtuFraming(false);
    for (const [first = "", second = ""] of splits(answer).slice(1, -1)) {
      for (const inside of ["00", "ff", "aa55aa55aa55"]) {
        framing.begin(bytesOf(request));
        const pieces = [first, inside, second];
        assert.equal(take(framing, pieces).kind, "wait", pieces.join(" "));
        const { code, canArriveLate } = framing.expire();
        assert.ok(code === "crc" || code === "timeout", code);
        assert.equal(canArriveLate, false);
      }
    }
  });

  Deno.test(`RtuFraming skips the echo of the request for ${what}, whole and split at each byte`, () => {
    const framing = new RtuFraming(true);
    for (const before of ["", "00"]) {
      for (const pieces of splits(before + request + answer)) {
        framing.begin(bytesOf(request));
        assertAnswered(framing, pieces, answer);
        framing.finish();
      }
    }
  });

  Deno.test(`MbapFraming accepts the answer to ${what}: whole, and split at each byte`, () => {
    for (const pieces of splits(mbap(1, answer))) {
      const framing = new MbapFraming();
      assert.equal(framing.begin(bytesOf(request)).toHex(), mbap(1, request));
      assertAnswered(framing, pieces, answer);
    }
  });

  Deno.test(`MbapFraming waits for the rest of the header, then of the answer to ${what}`, () => {
    const whole = bytesOf(mbap(1, answer));
    for (let have = 0; have < whole.length; have++) {
      const framing = new MbapFraming();
      framing.begin(bytesOf(request));
      const missing = (have < 6 ? 6 : whole.length) - have;
      assert.deepEqual(framing.take(whole.subarray(0, have)), { kind: "wait", inside: have > 0, missing });
    }
  });

  Deno.test(`MbapFraming accepts the answer to ${what} after and between answers to earlier requests`, () => {
    const stale = frame(1, 4, 2, 0xde, 0xad);
    for (const pieces of splits(mbap(1, stale) + mbap(2, stale) + mbap(3, answer) + mbap(1, stale))) {
      const framing = new MbapFraming();
      for (let nth = 0; nth < 3; nth++) framing.begin(bytesOf(request));
      assertAnswered(framing, pieces, answer);
      assert.deepEqual(framing.takeUnexpected(), []);
    }
  });

  Deno.test(`MbapFraming reports junk before, inside and after the answer to ${what} as garbage`, () => {
    for (const wrong of ["ffffffffffff", "474554202f20"]) {
      for (const pieces of [...splits(wrong + mbap(1, answer)), [mbap(1, answer).slice(0, 4), wrong]]) {
        const framing = new MbapFraming();
        framing.begin(bytesOf(request));
        assert.equal(take(framing, pieces).kind, "garbage", pieces.join(" "));
      }
      const framing = new MbapFraming();
      framing.begin(bytesOf(request));
      assertAnswered(framing, [mbap(1, answer) + wrong], answer);
      framing.finish();
      assert.equal(framing.take(new Uint8Array(0)).kind, "garbage");
    }
  });
}

/** An RTU frame in Modbus TCP: with a header, without the checksum. */
function mbap(transaction: number, rtu: string): string {
  const body = rtu.slice(0, -4);
  const head = [transaction, 0, body.length / 2].map((word) => word.toString(16).padStart(4, "0"));
  return head.join("") + body;
}
