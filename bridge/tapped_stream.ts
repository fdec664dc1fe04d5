import type { ByteStream } from "./byte_stream.ts";

/** Receives all bytes on the wire, in the parts that the system reads and writes. It may keep the bytes. */
export type Tap = (direction: "sent" | "received", bytes: Uint8Array) => void;

/** Wraps a stream: `tap` receives all its bytes. */
export function tappedStream(stream: ByteStream, tap: Tap): ByteStream {
  return {
    async read(target) {
      const count = await stream.read(target);
      if (count > 0) tap("received", target.slice(0, count));
      return count;
    },
    write(bytes) {
      tap("sent", bytes.slice());
      return stream.write(bytes);
    },
    discardInput: () => stream.discardInput(),
    discardOutput: () => stream.discardOutput(),
    expectBytes: (ms, bytes, precision) => stream.expectBytes(ms, bytes, precision),
    get sawArrival() {
      return stream.sawArrival;
    },
    idle: () => stream.idle(),
    sleep: (ms, precision) => stream.sleep(ms, precision),
    close: () => stream.close(),
  };
}
