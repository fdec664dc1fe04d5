/**
 * Runs `tasks` side by side until `signal` is aborted or one of them throws; then the others are told to end by the
 * signal that each is given, and all are awaited.
 *
 * @returns what the first to fail threw; undefined when all ended
 */
export async function runTogether(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<unknown> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  let failure: unknown;
  await Promise.all(tasks.map(async (task) => {
    try {
      await task(ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) failure = error;
      end();
    }
  }));
  signal.removeEventListener("abort", end);
  return failure;
}
