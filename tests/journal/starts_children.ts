/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

/** Starts one process after the other until it is terminated, and says when it has begun: a worker for tests. */
for (let nth = 0;; nth++) {
  new Deno.Command("true").outputSync();
  if (nth === 0) self.postMessage("begun");
}
