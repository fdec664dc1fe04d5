import { FolderLock } from "../../src/journal/folder_lock.ts";

Deno.test("FolderLock can be taken again immediately after its release, even while the process starts children", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "wattseal-" });
  const worker = new Worker(import.meta.resolve("./starts_children.ts"), { type: "module" });
  try {
    await new Promise((begun) => worker.onmessage = begun);
    for (let round = 0; round < 10_000; round++) FolderLock.take(folder).release();
  } finally {
    worker.terminate();
    Deno.removeSync(folder, { recursive: true });
  }
});
