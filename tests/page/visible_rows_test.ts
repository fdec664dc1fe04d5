import assert from "node:assert/strict";
import { visibleRows } from "../../src/page/shell/visible_rows.ts";

for (const count of [0, 1, 40, 10_000]) {
  Deno.test(`of ${count} rows, all that are visible are rendered, and only a few others`, () => {
    for (const rowPx of [20, 33.75, 100]) {
      for (const windowPx of [100, 900, 3_000]) {
        for (let topPx = -3_000; topPx < count * rowPx + 3_000; topPx += 997) {
          const { first, end } = visibleRows({ count, rowPx, topPx, windowPx });
          assert.ok(first >= 0 && first <= end && end <= count);
          for (let row = Math.max(0, Math.floor(topPx / rowPx)); row < count && row * rowPx < topPx + windowPx; row++) {
            assert.ok(row >= first && row < end, `row ${row} is visible at ${topPx} px`);
          }
          assert.ok(end - first <= windowPx / rowPx + 40);
        }
      }
    }
  });
}
