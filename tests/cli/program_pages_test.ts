import assert from "node:assert/strict";
import { unchangedParts } from "../../src/cli/program_pages.ts";

const mapping = (head: string, anonymous: number, swap = 0) =>
  `${head}
Size:              28216 kB
Rss:               13428 kB
Private_Dirty:         ${anonymous} kB
Anonymous:          ${anonymous} kB
Swap:               ${swap} kB
Locked:                0 kB
VmFlags: rd ex mr mw me sd
`;

Deno.test("unchangedParts finds the parts of the program that are only read and are as in the file", () => {
  const smaps = [
    mapping("5581a0000000-5581a1b8e000 r--p 00000000 fe:00 12345     /usr/lib/wattseal/deno", 0),
    mapping("5581a1b8e000-5581a5881000 r-xp 01b8e000 fe:00 12345     /usr/lib/wattseal/deno", 0),
    mapping("5581a5881000-5581a5af2000 rw-p 05881000 fe:00 12345     /usr/lib/wattseal/deno", 0),
    mapping("5581a5b02000-5581a5b03000 r--p 05b02000 fe:00 12345     /usr/lib/wattseal/deno", 4),
    mapping("5581a5b03000-5581a5b04000 r--p 05b03000 fe:00 12345     /usr/lib/wattseal/deno", 0, 4),
    mapping("7f0000000000-7f0000001000 r-xp 00000000 fe:00 99        /usr/lib/x86_64-linux-gnu/libc.so.6", 0),
    mapping("7f0000002000-7f0000003000 rw-p 00000000 00:00 0", 4),
  ].join("");
  assert.deepEqual(unchangedParts(smaps, "/usr/lib/wattseal/deno"), [
    { start: 0x5581a0000000n, bytes: 0x1b8e000n },
    { start: 0x5581a1b8e000n, bytes: 0x3cf3000n },
  ]);
});

Deno.test("unchangedParts finds nothing where the system names no program", () => {
  assert.deepEqual(unchangedParts("", "/usr/lib/wattseal/deno"), []);
});
