import assert from "node:assert/strict";
import { join } from "node:path";
import { errorText } from "../../src/base/log.ts";
import { JournalError, openJournal } from "../../src/journal/mod.ts";

/** The error that `work` throws. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

Deno.test("errorText puts the system's error for a file in plain words, and names the file if it is not named yet", () => {
  const absent = thrown(() => Deno.openSync("/nowhere/site.yaml"));
  const plain = "there is no such file; check its path";
  assert.equal(errorText(absent), `/nowhere/site.yaml: ${plain}`);
  assert.equal(
    errorText(new Error("Cannot read /nowhere/site.yaml", { cause: absent })),
    `Cannot read ` +
      `/nowhere/site.yaml: ${plain}`,
  );
  assert.equal(errorText(new Error("Cannot start", { cause: absent })), `Cannot start: /nowhere/site.yaml: ${plain}`);
  const spawned = new Deno.errors.NotFound("Failed to spawn 'nats-server': No such file or directory (os error 2)");
  assert.equal(errorText(spawned), `Failed to spawn 'nats-server': ${plain}`);
  const broken = new Error("tls: Broken pipe (os error 32)");
  assert.equal(errorText(broken), "tls: Broken pipe");
  const other = new Error("No space left on device (os error 28): write '/state/x'");
  assert.equal(errorText(other), "/state/x: No space left on device");
});

Deno.test("the error for an unusable state folder contains no system error numbers", () => {
  const folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });
  const file = join(folder, "file");
  Deno.writeTextFileSync(file, "");
  Deno.mkdirSync(join(folder, "state", "lock"), { recursive: true });
  const errors = [file, join(file, "state"), join(folder, "state")].map((place) =>
    thrown(() => openJournal(place, { now: Date.now }))
  );
  for (const error of errors) {
    assert.ok(error instanceof JournalError);
    assert.match(errorText(error), /^Cannot use the state folder /);
    assert.doesNotMatch(errorText(error), /os error/);
  }
  assert.match(errorText(errors[0]), /file: the file already exists$/);
  assert.match(errorText(errors[1]), /a part of its path is a file, not a directory; check its path$/);
  assert.match(errorText(errors[2]), /state: .*\/state\/lock: it is a directory; name a file in it$/);
  Deno.removeSync(folder, { recursive: true });
});
