import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { hourMs, reading, readings, seconds, Setup, startMs } from "./setup.ts";

for (const mode of ["memory", "disk"] as const) {
  Deno.test(`Spool drops nothing after a change of the wall clock, mode ${mode}`, async () => {
    using setup = new Setup();
    using spool = setup.open({ mode, maxAgeHours: 1 });
    for (
      const wall of ["1970-01-01T00:01:00Z", "2026-01-31T08:00:00Z", "2040-01-01T00:00:00Z", "2026-01-31T08:02:00Z"]
    ) {
      setup.time.setWall(Date.parse(wall));
      spool.add([{ ...reading(0), messageId: wall, takenAtMs: setup.time.now() }]);
      await setup.time.advance(60_000);
    }
    assert.equal(spool.oldest(9).length, 4);
    await setup.time.advance(hourMs);
    assert.deepEqual([spool.oldest(9).length, spool.size, spool.dropped], [0, 0, 4]);
  });
}

Deno.test("Spool without room drops the readings that came first, independent of the wall clock", () => {
  using setup = new Setup();
  using spool = setup.open({ maxMb: 1 });
  const later = readings(100_000, 100_200, 1_000);
  for (let n = 0; n < 6; n++) spool.add(later);
  const early = readings(0, 200, 1_000);
  spool.add(early);
  assert.deepEqual(seconds(spool.oldest(200)), seconds(early));
});

/** Stores readings in one process for 40 minutes and returns the readings that are left in the next process. */
async function restarted(
  setup: Setup,
  { before, wall, after }: { before?: boolean; wall: number; after?: boolean },
): Promise<number> {
  const open = (synchronised: boolean | undefined) =>
    setup.open({ maxAgeHours: 1 }, { clockSynchronised: () => synchronised });
  {
    using spool = open(before);
    spool.add([reading(0)]);
    await setup.time.advance(40 * 60_000);
    spool.add([reading(2_400)]);
  }
  setup.time.setWall(wall);
  using spool = open(after);
  return spool.oldest(9).length;
}

Deno.test("Spool counts the time between two processes if the clock is synchronised in both", async () => {
  const minuteMs = 60_000;
  for (const [pauseMinutes, left] of [[0, 2], [19, 2], [21, 1], [61, 0], [-1000, 2]] as const) {
    using setup = new Setup();
    const wall = startMs + (40 + pauseMinutes) * minuteMs;
    assert.equal(await restarted(setup, { before: true, wall, after: true }), left, `${pauseMinutes} minutes`);
  }
});

Deno.test("Spool does not count a change of the clock between two processes as age", async () => {
  const wall = startMs + 100 * hourMs;
  const doubtful = [[false, true], [undefined, true], [true, false], [true, undefined], [
    undefined,
    undefined,
  ]] as const;
  for (const [before, after] of doubtful) {
    using setup = new Setup();
    assert.equal(
      await restarted(setup, { wall, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }),
      2,
    );
  }
  using setup = new Setup();
  setup.time.setWall(60_000);
  assert.equal(await restarted(setup, { before: true, wall, after: true }), 2);
});

Deno.test("Spool adds up the time of all processes", async () => {
  using setup = new Setup();
  for (const second of [0, 1, 2]) {
    using spool = setup.open({ maxAgeHours: 1 });
    spool.add([reading(second)]);
    await setup.time.advance(25 * 60_000);
    spool.add([reading(second + 1_000)]);
  }
  using spool = setup.open({ maxAgeHours: 1 });
  assert.deepEqual(seconds(spool.oldest(9)), [1, 2, 1_000, 1_001, 1_002]);
});

Deno.test("Spool counts the readings of an earlier release from the start of this one", async () => {
  using setup = new Setup();
  {
    using db = new DatabaseSync(setup.path);
    db.exec(`CREATE TABLE readings (seq INTEGER PRIMARY KEY, taken_at INTEGER NOT NULL, meter TEXT NOT NULL,
        message_id TEXT NOT NULL, payload TEXT NOT NULL) STRICT;
      CREATE INDEX readings_by_time ON readings (taken_at);
      INSERT INTO readings (taken_at, meter, message_id, payload) VALUES (60000, 'evse-1', 'BY1:0', '{}');
      PRAGMA user_version = 1`);
  }
  using spool = setup.open({ maxAgeHours: 1 });
  spool.add([reading(1)]);
  assert.equal(spool.oldest(9).length, 2);
  await setup.time.advance(hourMs + 1);
  assert.equal(spool.oldest(9).length, 0);
  using db = new DatabaseSync(setup.path);
  db.exec("INSERT INTO readings (taken_at, meter, message_id, payload) VALUES (1, 'evse-1', 'BY1:2', '{}')");
});
