import assert from "node:assert/strict";
import { spacedHex } from "../../src/base/hex.ts";
import { withCrc } from "../../src/modbus/mod.ts";

const timeoutMs = 5000;

/** A client without Modbus: sends and receives bytes in hex. */
export class RawClient implements Disposable {
  readonly #reading: Deno.FsFile;
  readonly #writing: Deno.FsFile;

  constructor(path: string | undefined) {
    assert.ok(path !== undefined, "the line has no path");
    this.#reading = Deno.openSync(path, { read: true });
    this.#writing = Deno.openSync(path, { write: true });
  }

  /** Sends bytes without waiting for anything. */
  send(request: string): void {
    this.#writing.writeSync(Uint8Array.fromHex(request.replaceAll(" ", "")));
  }

  /** Receives the next `bytes` bytes, formatted as `01 04 02`. */
  async receive(bytes: number): Promise<string> {
    const received = new Uint8Array(bytes);
    for (let got = 0; got < bytes;) got += await this.#readSome(received.subarray(got));
    return spacedHex(received, 1);
  }

  /** Sends a request and asserts the answer, byte by byte. */
  async expect(request: string, answer: string): Promise<void> {
    this.send(request);
    assert.equal(await this.receive(answer.split(" ").length), answer);
  }

  /** Reads registers of unit 1 in requests of up to 100 words. */
  async read(address: number, words: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(words * 2);
    for (let done = 0; done < words;) {
      const [at, count] = [address + done, Math.min(100, words - done)];
      this.send(spacedHex(withCrc(Uint8Array.of(1, 4, at >> 8, at & 0xff, 0, count)), 1));
      const answer = Uint8Array.fromHex((await this.receive(count * 2 + 5)).replaceAll(" ", ""));
      bytes.set(answer.subarray(3, -2), done * 2);
      done += count;
    }
    return bytes;
  }

  /** Writes registers of unit 1 and asserts that the meter accepts them. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    const head = [1, 16, address >> 8, address & 0xff, 0, bytes.length / 2];
    this.send(spacedHex(withCrc(Uint8Array.of(...head, bytes.length, ...bytes)), 1));
    assert.equal(await this.receive(8), spacedHex(withCrc(Uint8Array.of(...head)), 1));
  }

  /** Resolves when the device hangs up: with the end of its data or with EIO, depending on the kernel. */
  async hungUp(): Promise<void> {
    const end = await this.#read(new Uint8Array(1)).catch((error: Error) => error.message);
    assert.ok(end === null || String(end).includes("os error 5"), `no hang-up: ${end}`);
  }

  [Symbol.dispose](): void {
    this.#reading.close();
    this.#writing.close();
  }

  async #readSome(target: Uint8Array): Promise<number> {
    const count = await this.#read(target);
    assert.ok(count !== null, "the device hung up");
    return count;
  }

  async #read(target: Uint8Array): Promise<number | null> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`No byte came within ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([this.#reading.read(target), promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
