/** What `adjtimex` answers while the clock is not synchronised (`TIME_ERROR`). */
const unsynchronised = 5;

/**
 * Whether this machine's clock is synchronised, by the kernel's word (`adjtimex`).
 *
 * @returns undefined where the kernel cannot be asked: another system than Linux, or no permission to load `libc`
 */
export function clockSynchronised(): boolean | undefined {
  try {
    const libc = Deno.dlopen("libc.so.6", { adjtimex: { parameters: ["buffer"], result: "i32" } });
    try {
      // struct timex takes 208 bytes on 64-bit systems; all zero asks and changes nothing.
      const state = libc.symbols.adjtimex(new Uint8Array(256));
      return state < 0 ? undefined : state !== unsynchronised;
    } finally {
      libc.close();
    }
  } catch {
    return undefined;
  }
}
