/** Result of `adjtimex` while the clock is not synchronised (`TIME_ERROR`). */
const unsynchronised = 5;

/**
 * Whether the clock of this machine is synchronised, according to the kernel (`adjtimex`).
 *
 * @returns undefined if the kernel cannot be queried: the system is not Linux, or Deno may not load `libc`
 */
export function clockSynchronised(): boolean | undefined {
  try {
    const libc = Deno.dlopen("libc.so.6", { adjtimex: { parameters: ["buffer"], result: "i32" } });
    try {
      // struct timex has 208 bytes on 64-bit systems; with only zeros, the call reads and changes nothing
      const state = libc.symbols.adjtimex(new Uint8Array(256));
      return state < 0 ? undefined : state !== unsynchronised;
    } finally {
      libc.close();
    }
  } catch {
    return undefined;
  }
}
