import assert from "node:assert/strict";
import { LineError, watchWrites } from "../../src/line/mod.ts";
import { FakeTimeLine, onFakeTimeLine } from "../support/fake_time_line.ts";

function answerUnit1(request: string): string | undefined {
  return request.startsWith("01") ? "0104020144b893" : undefined;
}

interface Replugged {
  readonly line: FakeTimeLine;
  /** Unplugs the device and plugs in another one; resolves when the line has detected both. */
  replug(): Promise<void>;
}

function withDevice(work: (site: Replugged) => Promise<void>): Promise<void> {
  return onFakeTimeLine(answerUnit1, (line) => {
    const replug = async () => {
      const next = line.connected(line.connection);
      line.far.unplug();
      line.far.plug();
      line.far.requests.length = 0;
      await next;
    };
    return work({ line, replug });
  });
}

function isReopened(error: unknown): boolean {
  return error instanceof LineError && error.code === "closed" && error.cause === undefined &&
    /^(reading 1 word at 000Bh from|writing 1 word at 7040h to) unit 1 on line rs485-1: the line was reopened/
      .test(error.message);
}

Deno.test("Line.connection is 0 before the first opening, counts each opening, and does not change while closed", () =>
  withDevice(async ({ line, replug }) => {
    assert.equal(line.connection, 1);
    await replug();
    assert.equal(line.connection, 2);
    await line.close();
    assert.equal(line.connection, 2);

    const absent = new FakeTimeLine(answerUnit1, {}, line.time);
    absent.far.unplug();
    assert.equal(absent.connection, 0);
    await absent.start();
    assert.equal(absent.connection, 0);
    await absent.close();
  }));

Deno.test("Line sends no exchange that belongs to an earlier connection", () =>
  withDevice(async ({ line, replug }) => {
    const live = { priority: "live" } as const;
    assert.equal((await line.read(1, 0x0b, 1, { ...live, connection: 1 })).toHex(), "0144");
    await replug();
    const other = { priority: "transaction", connection: 1 } as const;
    await assert.rejects(line.read(1, 0x0b, 1, other), isReopened);
    await assert.rejects(line.write(1, 0x7040, Uint8Array.of(0, 1), { ...other, repeatable: false }), isReopened);
    assert.deepEqual(line.far.requests, []);
    assert.equal((await line.read(1, 0x0b, 1, { ...live, connection: 2 })).toHex(), "0144");
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  }));

Deno.test("Line sends no later attempt of a transfer after it was reopened", () =>
  withDevice(async ({ line, replug }) => {
    const options = { priority: "live", connection: 1, attempts: 5, delayMs: 10_000 } as const;
    const silent = assert.rejects(line.read(2, 0x0b, 1, options), { code: "closed" });
    while (line.far.requests.length === 0) await line.time.sleep(1);
    // Its first attempt has ended when the next exchange has
    await line.read(1, 0x0b, 1, { priority: "live", connection: 1 });
    await replug();
    await silent;
    assert.deepEqual(line.far.requests, []);
  }));

Deno.test("Line.connected() resolves at once if the line is open with a later connection, otherwise at the next opening", () =>
  withDevice(async ({ line, replug }) => {
    assert.equal(await line.connected(0), 1);
    const [one, other, later] = [line.connected(1), line.connected(1), line.connected(2)];
    let early = false;
    void later.then(() => early = true);
    await replug();
    assert.deepEqual(await Promise.all([one, other]), [2, 2]);
    assert.equal(early, false);
    await replug();
    assert.equal(await later, 3);
  }));

Deno.test("Line.connected() rejects with the reason of the signal, before and while it waits", () =>
  withDevice(async ({ line }) => {
    const stopping = new AbortController();
    const waiting = line.connected(1, stopping.signal);
    const reason = new Error("not needed any more");
    stopping.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(line.connected(0, stopping.signal), reason);
  }));

Deno.test("watchWrites() returns the connection of its bus", () =>
  withDevice(async ({ line, replug }) => {
    const watched = watchWrites(line, () => {});
    assert.equal(watched.connection, 1);
    const next = watched.connected(1);
    await replug();
    assert.equal(await next, 2);
    assert.equal(watched.connection, 2);
  }));
