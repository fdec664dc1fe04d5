import assert from "node:assert/strict";
import { join } from "node:path";
import { Line } from "../../src/line/mod.ts";
import { listen, live, options } from "./scripted_gateway.ts";

Deno.test("a tap of a line sees each byte in both directions, noise included", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "gateway");
  await using _gateway = listen(() => "00ff01040409000000f818", { path });
  const seen: string[] = [];
  const line = new Line(options({ kind: "unix", path }), {
    tap: (direction, bytes) => seen.push(`${direction} ${bytes.toHex()}`),
  });
  assert.equal(await line.start(), undefined);
  assert.equal((await line.read(1, 0, 2, live)).toHex(), "09000000");
  await line.close();
  assert.equal(seen[0], "sent 01040000000271cb");
  assert.equal(seen.slice(1).map((piece) => piece.replace("received ", "")).join(""), "00ff01040409000000f818");
  await Deno.remove(folder, { recursive: true });
});
