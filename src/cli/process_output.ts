import { type BackgroundStream, bufferedStream } from "./background_stream.ts";
import { ReaderWatch } from "./reader_watch.ts";
import { acceptanceOfOutput } from "./output_kind.ts";
import { writeWhole } from "./write_whole.ts";

/** Standard output cannot be written. */
export class OutputError extends Error {
  override readonly name = "OutputError";

  /** Nobody reads it any more: this is not worth a message. */
  get isReaderGone(): boolean {
    return this.cause instanceof Deno.errors.BrokenPipe;
  }
}

/** The output of this process. All text of a command passes here, so that nothing is lost without a trace. */
export class ProcessOutput {
  readonly #encoder = new TextEncoder();
  readonly #acceptance = acceptanceOfOutput();
  readonly #onFailure: (error: OutputError) => void;
  readonly #reader: ReaderWatch;
  #failure: OutputError | undefined;
  #isErrorTextLost = false;

  /** @param onFailure called once, at the first failure of standard output */
  constructor(onFailure: (error: OutputError) => void) {
    this.#onFailure = onFailure;
    this.#reader = new ReaderWatch(() => this.#fail(new Deno.errors.BrokenPipe("Broken pipe")));
  }

  /** Why standard output is not complete. */
  get failure(): OutputError | undefined {
    return this.#failure;
  }

  /** Whether text for standard error could not be written. */
  get isErrorTextLost(): boolean {
    return this.#isErrorTextLost;
  }

  /** @throws {OutputError} the text cannot be written */
  out(text: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    const error = writeWhole(Deno.stdout, this.#encoder.encode(text), this.#acceptance);
    if (error !== undefined) throw this.#fail(error);
  }

  err(text: string): void {
    const error = writeWhole(Deno.stderr, this.#encoder.encode(text), "unbuffered");
    if (error !== undefined) this.#isErrorTextLost = true;
  }

  /** The streams of a service. From now on, a reader that is gone does not end the process. */
  background(): { readonly out: BackgroundStream; readonly err: BackgroundStream } {
    this.#reader[Symbol.dispose]();
    return { out: bufferedStream(Deno.stdout, this.#acceptance), err: Deno.stderr };
  }

  #fail(cause: unknown): OutputError {
    if (this.#failure !== undefined) return this.#failure;
    const failure = new OutputError("Cannot write to standard output", { cause });
    this.#failure = failure;
    this.#reader[Symbol.dispose]();
    this.#onFailure(failure);
    return failure;
  }
}

/** A callback of a library may write, too. Its failure does not end the process: the command ends because it is interrupted. */
export function ignoreOutputErrors(): void {
  const ignore = (event: Event, error: unknown) => {
    if (error instanceof OutputError) event.preventDefault();
  };
  addEventListener("error", (event) => ignore(event, event.error));
  addEventListener("unhandledrejection", (event) => ignore(event, event.reason));
}
