/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

/**
 * A worker for tests: reports its start, then starts one process after another until it is terminated. It waits for
 * each without blocking: terminate() does not end a loop of outputSync(), which would run as long as the process.
 */
for (let nth = 0;; nth++) {
  await new Deno.Command("true").output();
  if (nth === 0) self.postMessage("begun");
}
