/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

/** A worker for tests: reports its start, then starts one process after another until it is terminated. */
for (let nth = 0;; nth++) {
  new Deno.Command("true").outputSync();
  if (nth === 0) self.postMessage("begun");
}
