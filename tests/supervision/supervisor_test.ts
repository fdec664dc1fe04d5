import assert from "node:assert/strict";
import type { Log } from "../../src/base/log.ts";
import type { StuckLine } from "../../src/base/stuck_line.ts";
import { Supervisor } from "../../src/supervision/mod.ts";
import { FakeTime } from "../support/fake_time.ts";

/** A supervisor whose datagrams and log lines a test reads, with what they report. */
class Watched {
  readonly time = new FakeTime();
  readonly sent: string[] = [];
  readonly logged: string[] = [];
  readonly stopping = new AbortController();
  readonly supervisor: Supervisor;
  accepts = true;
  status = "3 meters on 1 line";
  stuck: StuckLine[] = [];

  constructor({ watchdog = true, systemd = true } = {}) {
    const log = (level: string) => (message: string, fields = {}) =>
      void this.logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const send = (text: string) => {
      if (this.accepts) this.sent.push(text.replaceAll("\n", " "));
      return this.accepts;
    };
    this.supervisor = new Supervisor({
      socket: systemd ? { send } : undefined,
      watchdogMs: watchdog ? 15_000 : undefined,
      log: { error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") } satisfies Log,
      time: this.time,
    });
  }

  ready(): Promise<void> {
    return this.supervisor.ready({ status: () => this.status, stuckLines: () => this.stuck }, this.stopping.signal);
  }

  /** What was sent since the last call. */
  news(): string[] {
    return this.sent.splice(0);
  }
}

Deno.test("Supervisor reports that the service is ready, then a sign of life in each third of the interval", async () => {
  const watched = new Watched();
  void watched.ready();
  assert.deepEqual(watched.news(), ["READY=1", "STATUS=3 meters on 1 line WATCHDOG=1"]);
  await watched.time.advance(15_000);
  assert.deepEqual(watched.news(), ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
});

Deno.test("Supervisor reports a status when it changes, in one line of limited length", async () => {
  const watched = new Watched();
  void watched.ready();
  watched.news();
  watched.status = `line rs485-1 is closed;\n${"x".repeat(2000)}`;
  await watched.time.advance(10_000);
  const status = `STATUS=line rs485-1 is closed; ${"x".repeat(976)}...`;
  assert.deepEqual(watched.news(), [`${status} WATCHDOG=1`, "WATCHDOG=1"]);
});

Deno.test("Supervisor gives no sign of life while the loop of a line does not turn, and names the line once", async () => {
  const watched = new Watched();
  void watched.ready();
  watched.news();
  watched.stuck = [{ name: "rs485-2", problem: "waits for an answer of unit 3 for 7 s" }];
  await watched.time.advance(15_000);
  assert.deepEqual(watched.news(), []);
  const then = "unless this ends, systemd restarts the service within 15 s";
  const error = `error The line no longer works: its loop waits for an answer of unit 3 for 7 s; ${then}`;
  assert.deepEqual(watched.logged, [`${error} {"line":"rs485-2"}`]);
});

Deno.test("Supervisor checks a stuck line again soon, so that a late one does not cause a restart", async () => {
  const watched = new Watched();
  void watched.ready();
  watched.news();
  watched.stuck = [{ name: "rs485-2", problem: "does not wake for 7 s" }];
  await watched.time.advance(5000);
  watched.stuck = [];
  await watched.time.advance(1000);
  assert.deepEqual(watched.news(), ["WATCHDOG=1"]);
  assert.equal(watched.logged.at(-1), 'warn The line works again {"line":"rs485-2"}');
});

Deno.test("Supervisor repeats what the service manager did not accept, in order", async () => {
  const watched = new Watched();
  watched.accepts = false;
  void watched.ready();
  await watched.supervisor.whileReloading(() => Promise.resolve());
  watched.accepts = true;
  await watched.time.advance(5000);
  assert.deepEqual(watched.news(), ["STATUS=3 meters on 1 line RELOADING=1 READY=1 WATCHDOG=1"]);
});

Deno.test("Supervisor reports a reload and the stop, and then gives no sign of life", async () => {
  const watched = new Watched();
  const ended = watched.ready();
  watched.news();
  await assert.rejects(watched.supervisor.whileReloading(() => Promise.reject(new Error("refused"))), /refused/);
  watched.stopping.abort();
  watched.supervisor.stopping();
  assert.deepEqual(watched.news(), ["RELOADING=1", "READY=1", "STOPPING=1 STATUS=Stopping"]);
  await watched.time.run(ended);
  await watched.time.advance(60_000);
  assert.deepEqual(watched.news(), []);
});

Deno.test("Supervisor reports the status also without a watchdog, and checks no line", async () => {
  const watched = new Watched({ watchdog: false });
  watched.stuck = [{ name: "rs485-2", problem: "does not wake for 7 s" }];
  void watched.ready();
  watched.status = "line rs485-1 is closed";
  await watched.time.advance(5000);
  assert.deepEqual(watched.news(), ["READY=1", "STATUS=3 meters on 1 line", "STATUS=line rs485-1 is closed"]);
  assert.deepEqual(watched.logged, []);
});

Deno.test("Supervisor does nothing without a service manager", async () => {
  const watched = new Watched({ systemd: false });
  await watched.ready();
  watched.supervisor.stopping();
  assert.equal(watched.time.sleeping, 0);
});
