import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { hourMs, reading, readings, seconds, Setup, startMs } from "./setup.ts";

for (const mode of ["memory", "disk"] as const) {
  Deno.test(`Spool returns readings in the order of their time until they are removed, mode ${mode}`, () => {
    using setup = new Setup();
    using spool = setup.open({ mode });
    spool.add([reading(2), reading(1)]);
    spool.add([reading(4), reading(3), reading(0)]);
    assert.equal(spool.size, 5);
    const first = spool.oldest(3);
    assert.deepEqual(seconds(first), [0, 1, 2]);
    const { seq: _, ...oldest } = first[0] ?? { seq: 0 };
    assert.deepEqual(oldest, reading(0));
    assert.deepEqual(seconds(spool.oldest(3)), [0, 1, 2]);
    assert.equal(spool.remove(first), true);
    assert.deepEqual(seconds(spool.oldest(3)), [3, 4]);
    assert.deepEqual([spool.size, spool.dropped], [2, 0]);
  });

  Deno.test(`Spool returns the last readings of one meter after a time, mode ${mode}`, () => {
    using setup = new Setup();
    using spool = setup.open({ mode });
    spool.add([...readings(0, 6), { ...reading(9), meter: "evse-2" }]);
    assert.deepEqual(seconds(spool.since("evse-1", startMs + 2_000, 10)), [3, 4, 5]);
    assert.deepEqual(seconds(spool.since("evse-1", -Infinity, 2)), [4, 5]);
    assert.deepEqual(spool.since("evse-3", -Infinity, 2), []);
    assert.equal(spool.size, 7);
  });

  Deno.test(`Spool drops readings that are older than the age limit, mode ${mode}`, async () => {
    using setup = new Setup();
    using spool = setup.open({ mode, maxAgeHours: 1 });
    for (const second of [0, 10, 20]) {
      spool.add([reading(second)]);
      await setup.time.advance(10_000);
    }
    await setup.time.advance(hourMs - 19_000);
    assert.deepEqual(seconds(spool.oldest(9)), [10, 20]);
    assert.deepEqual([spool.size, spool.dropped], [2, 1]);
    await setup.time.advance(30_000);
    spool.add([reading(3620)]);
    await setup.time.advance(1_000);
    assert.deepEqual([spool.size, spool.dropped], [1, 3]);
    assert.equal(setup.log.count(/warn The oldest readings in the spool are dropped .*too old/), 1);
  });

  Deno.test(`Spool follows limits that change while it is open, mode ${mode}`, async () => {
    using setup = new Setup();
    const options = { mode, maxAgeHours: 72, maxMb: 256, folder: setup.folder };
    const spool = openSpool(options, { time: setup.time, log: setup.log });
    spool.add(readings(0, 2_000, 1_000));
    await setup.time.advance(2 * hourMs);
    assert.equal(spool.oldest(9).length, 9);
    options.maxMb = 1;
    spool.add(readings(2_000, 2_200, 1_000));
    assert.ok(spool.size < 1_050, `${spool.size}`);
    await setup.time.advance(2 * hourMs);
    assert.equal(spool.oldest(9).length, 9);
    options.maxAgeHours = 1;
    assert.equal(spool.oldest(9).length, 0);
    spool.close();
  });

  Deno.test(`Spool keeps the newest readings that fit, and counts the others, mode ${mode}`, () => {
    using setup = new Setup();
    const spool = setup.open({ mode, maxMb: 1 });
    for (let from = 0; from < 3_000; from += 200) spool.add(readings(from, from + 200, 1_000));
    assert.equal(spool.size + spool.dropped, 3_000);
    assert.ok(spool.size > 500 && spool.size < 1_050, `${spool.size} of 1 kB in 1 MB`);
    assert.deepEqual(
      seconds(spool.oldest(3_000)),
      readings(3_000 - spool.size, 3_000).map((_, i) => i + spool.dropped),
    );
    assert.equal(setup.log.count(/warn The oldest readings in the spool are dropped .*no room/), 1);
    spool.close();
    if (mode === "disk") assert.ok(Deno.statSync(setup.path).size < 1.3 * 1_048_576);
  });
}

Deno.test("Spool in mode off stores nothing and counts all readings", () => {
  using setup = new Setup();
  using spool = setup.open({ mode: "off" });
  spool.add(readings(0, 3));
  assert.deepEqual([spool.size, spool.dropped, spool.oldest(9)], [0, 3, []]);
  assert.deepEqual([...Deno.readDirSync(setup.folder)], []);
});

Deno.test("Spool in mode memory writes nothing to the disk", () => {
  using setup = new Setup();
  using spool = setup.open({ mode: "memory" });
  spool.add(readings(0, 500));
  assert.deepEqual([...Deno.readDirSync(setup.folder)], []);
});

Deno.test("Spool in mode disk keeps its readings across a restart", () => {
  using setup = new Setup();
  setup.open().add(readings(0, 2));
  {
    using spool = setup.open();
    spool.add([reading(1), reading(0)]);
  }
  using spool = setup.open();
  assert.deepEqual([seconds(spool.oldest(9)), spool.size, spool.dropped], [[0, 1], 2, 0]);
  assert.equal(setup.log.count(/info Readings of an earlier run wait for publication {"readings":2}/), 1);
});

Deno.test("Spool in mode disk writes within a second, so that a killed process loses no more", async () => {
  using setup = new Setup();
  using killed = setup.open();
  killed.add([reading(0)]);
  await setup.time.advance(500);
  killed.add([reading(1)]);
  await setup.time.advance(500);
  using spool = setup.open();
  assert.deepEqual(seconds(spool.oldest(9)), [0, 1]);
});

Deno.test("Spool shrinks its file after a long outage", () => {
  using setup = new Setup();
  using spool = setup.open();
  for (let from = 0; from < 3_000; from += 200) spool.add(readings(from, from + 200, 1_000));
  assert.ok(Deno.statSync(setup.path).size > 2_000_000);
  spool.remove(spool.oldest(3_000));
  assert.equal(spool.size, 0);
  assert.ok(Deno.statSync(setup.path).size < 50_000);
});

const damages: Record<string, (path: string) => void> = {
  "is not a database": (path) => Deno.writeTextFileSync(path, "nonsense ".repeat(1_000)),
  "has a random page": (path) => {
    using file = Deno.openSync(path, { write: true });
    file.seekSync(4096, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(40_000).fill(0xa5));
  },
  "was written by a later release": (path) => {
    using file = Deno.openSync(path, { write: true });
    file.seekSync(60, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(0, 0, 0, 9));
  },
};

for (const [what, damage] of Object.entries(damages)) {
  Deno.test(`Spool renames a file that ${what}, and starts a new one`, () => {
    using setup = new Setup();
    for (const _round of ["first", "again"]) {
      const earlier = setup.open();
      earlier.add(readings(0, 200));
      earlier.close();
      damage(setup.path);
      using spool = setup.open();
      spool.add([reading(500)]);
      assert.deepEqual(seconds(spool.oldest(9)), [500]);
      spool.remove(spool.oldest(9));
    }
    assert.equal(
      setup.log.count(/warn The spool was damaged and has been renamed; a new spool is started .*db.damaged"/),
      2,
    );
    const files = [...Deno.readDirSync(setup.folder)].map(({ name }) => name);
    assert.deepEqual(files.filter((name) => !/-(wal|shm)$/.test(name)).sort(), ["spool.db", "spool.db.damaged"]);
  });
}

Deno.test("Spool counts the lost readings and continues when its file is damaged in use", () => {
  using setup = new Setup();
  const earlier = setup.open();
  for (let from = 0; from < 2_000; from += 200) earlier.add(readings(from, from + 200, 1_000));
  earlier.close();
  using spool = setup.open();
  assert.equal(spool.size, 2_000);
  {
    using file = Deno.openSync(setup.path, { write: true });
    file.seekSync(3 * 4096, Deno.SeekMode.Start);
    for (let page = 0; page < 400; page++) file.writeSync(new Uint8Array(4096).fill(0xa5));
  }
  assert.deepEqual(spool.oldest(2_000), []);
  spool.add([reading(5_000)]);
  assert.deepEqual(seconds(spool.oldest(9)), [5_000]);
  assert.equal(spool.dropped, 2_000);
});

Deno.test("Spool drops and counts readings while its folder cannot be used, and works again after that", () => {
  using setup = new Setup();
  const folder = join(setup.folder, "later");
  using spool = setup.open({ folder });
  spool.add(readings(0, 200));
  spool.add(readings(200, 400));
  assert.deepEqual([spool.size, spool.dropped], [0, 400]);
  assert.equal(setup.log.count(/error Cannot use the spool, so readings are dropped/), 1);
  Deno.mkdirSync(folder);
  spool.add(readings(400, 600));
  assert.deepEqual([spool.size, spool.dropped], [200, 400]);
  assert.equal(setup.log.count(/info The spool can be used again/), 1);
});

smallDiskTest("Spool on a full disk drops and counts new readings, and keeps the stored ones", 4_096, (disk) => {
  using setup = new Setup();
  using spool = setup.open({ folder: disk.path });
  spool.add(readings(0, 200, 1_000));
  disk.fill();
  for (let from = 200; from < 3_000; from += 200) spool.add(readings(from, from + 200, 1_000));
  assert.equal(spool.size + spool.dropped, 3_000);
  assert.ok(spool.dropped >= 2_000, String(spool.dropped));
  assert.ok(spool.oldest(10).length > 0);
  assert.equal(setup.log.count(/error Cannot use the spool.*disk/), 1);
  disk.free();
  spool.add(readings(3_000, 3_200));
  assert.equal(setup.log.count(/info The spool can be used again/), 1);
  assert.equal(seconds(spool.oldest(9_999)).at(-1), 3_199);
});

smallDiskTest("Spool leaves room on the disk for the journal", 8_192, async (disk) => {
  const time = new FakeTime(startMs);
  const spool = openSpool({ mode: "disk", maxAgeHours: 1, maxMb: 256, folder: disk.path }, { time, log: silentLog });
  for (let from = 0; from < 20_000; from += 200) {
    spool.add(readings(from, from + 200, 1_000));
    await time.advance(10);
  }
  assert.ok(spool.dropped > 10_000, String(spool.dropped));
  assert.ok(spool.size > 3_000, String(spool.size));
  assert.equal(spool.size + spool.dropped, 20_000);
  await spool.ready();
  await disk.removed();
  const room = new Uint8Array(400_000);
  Deno.writeFileSync(join(disk.path, "journal"), room);
  spool.close();
});

for (const mode of ["memory", "disk"] as const) {
  Deno.test(`Spool returns the oldest readings without the excluded meters, mode ${mode}`, () => {
    using setup = new Setup();
    using spool = setup.open({ mode });
    spool.add(readings(0, 300));
    spool.add([{ ...reading(400), meter: "evse-2" }, { ...reading(200), meter: "evse-3" }]);
    assert.deepEqual(spool.oldest(9, ["evse-1"]).map((waiting) => waiting.meter), ["evse-3", "evse-2"]);
    assert.deepEqual(spool.oldest(9, ["evse-1", "evse-3"]).map((waiting) => waiting.meter), ["evse-2"]);
    assert.deepEqual(spool.oldest(9, ["evse-1", "evse-2", "evse-3"]), []);
  });
}
