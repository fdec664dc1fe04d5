/** Interval of the checks. The first one is later than most commands end. */
const checkMs = 1000;

const functions = {
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** File descriptor of standard output. */
const standardOutput = 1;

/** POLLERR and POLLHUP in `revents`: a pipe has no reader any more, or a terminal no user. */
const gone = 0x08 | 0x10;

/** Detects that nobody can read standard output any more, also while the command has nothing to write. */
export class ReaderWatch implements Disposable {
  readonly #onGone: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #libc: Deno.DynamicLibrary<typeof functions> | undefined;

  /**
   * It does nothing without `--allow-ffi`, and on systems without glibc: then the next write detects it. It does not
   * keep the process alive.
   */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#timer.unref();
  }

  #check(): void {
    this.#libc ??= openLibc();
    if (this.#libc === undefined) return this[Symbol.dispose]();
    // struct pollfd: the descriptor, the requested events (none) and the events that occurred
    const request = new DataView(new ArrayBuffer(8));
    request.setInt32(0, standardOutput, true);
    if (this.#libc.symbols.poll(request, 1n, 0) !== 1 || (request.getInt16(6, true) & gone) === 0) return;
    this[Symbol.dispose]();
    this.#onGone();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#libc?.close();
    this.#libc = undefined;
  }
}

/** Without a question to the user for a permission. */
function openLibc(): Deno.DynamicLibrary<typeof functions> | undefined {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    return Deno.dlopen("libc.so.6", functions);
  } catch {
    return undefined;
  }
}
