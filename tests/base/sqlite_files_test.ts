import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { DamageError, isDamage } from "../../src/base/sqlite_error.ts";
import { moveDatabase, removeDatabase } from "../../src/base/sqlite_files.ts";

function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("moveDatabase() renames the database first, then the files beside it", () =>
  inFolder((folder) => {
    for (const name of ["a.db", "a.db-wal", "a.db-shm", "a.db-clean"]) Deno.writeTextFileSync(join(folder, name), name);
    const steps: string[] = [];
    moveDatabase(join(folder, "a.db"), join(folder, "b.db"), (suffix) => steps.push(suffix));
    assert.deepEqual(steps, ["", "-wal", "-shm", "-journal"]);
    assert.deepEqual(namesIn(folder), ["a.db-clean", "b.db", "b.db-shm", "b.db-wal"]);
    assert.equal(Deno.readTextFileSync(join(folder, "b.db-wal")), "a.db-wal");
  }));

Deno.test("moveDatabase() completes a move that was interrupted after any file", () =>
  inFolder((folder) => {
    const [from, to] = [join(folder, "a.db"), join(folder, "b.db")];
    for (const until of ["", "-wal"]) {
      for (const suffix of ["", "-wal"]) Deno.writeTextFileSync(from + suffix, suffix);
      const interrupt = (suffix: string) => {
        if (suffix === until) throw new Error("interrupted");
      };
      assert.throws(() => moveDatabase(from, to, interrupt), /interrupted/);
      moveDatabase(from, to);
      assert.deepEqual(namesIn(folder), ["b.db", "b.db-wal"]);
      assert.equal(Deno.readTextFileSync(to), "");
      removeDatabase(to);
      assert.deepEqual(namesIn(folder), []);
    }
  }));

Deno.test("isDamage() recognises a file that is no database, and nothing that passes", () =>
  inFolder((folder) => {
    const path = join(folder, "a.db");
    Deno.writeTextFileSync(path, "not a database at all".repeat(100));
    using db = new DatabaseSync(path);
    const failures = [() => db.exec("SELECT * FROM sqlite_schema"), () => db.prepare("SELECT * FROM sqlite_schema")];
    for (const fails of failures) assert.throws(fails, (error) => isDamage(error));
    assert.ok(isDamage(new DamageError("its schema is version 7")));
    using sound = new DatabaseSync(":memory:");
    assert.throws(() => sound.exec("SELECT * FROM nothing"), (error) => !isDamage(error));
    assert.ok(!isDamage(new Error("the disk is full")));
  }));
