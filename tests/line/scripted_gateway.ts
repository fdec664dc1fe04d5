import assert from "node:assert/strict";
import type { Endpoint, LineChange, LineOptions } from "../../src/line/mod.ts";
import { readAnswer } from "../../src/modbus/mod.ts";

/** Options of a live read. */
export const live = { priority: "live" } as const;

/** Behaviour of a gateway for a request: hex to send at once, or its own action. */
export type Script = (request: string, send: (hex: string) => Promise<unknown>, nth: number) => unknown;

/** A gateway that follows a script. */
export interface Gateway extends AsyncDisposable {
  readonly requests: string[];
  readonly address: Deno.Addr;
  /** Drops the connection. */
  drop(): void;
}

/** Opens a gateway. */
export function listen(script: Script, at: { path: string } | { port: number }): Gateway {
  const listener: Deno.Listener<Deno.Conn> = "path" in at
    ? Deno.listen({ transport: "unix", path: at.path })
    : Deno.listen({ hostname: "127.0.0.1", port: at.port });
  const requests: string[] = [];
  const connections = new Set<Deno.Conn>();
  const serve = async (connection: Deno.Conn) => {
    const chunk = new Uint8Array(512);
    const send = (hex: string) => connection.write(Uint8Array.fromHex(hex)).catch(() => {});
    for (let bytes = await read(); bytes !== null; bytes = await read()) {
      const request = chunk.subarray(0, bytes).toHex();
      requests.push(request);
      const nth = requests.length;
      void Promise.resolve(script(request, send, nth)).then((hex) => typeof hex === "string" ? send(hex) : undefined);
    }
    function read(): Promise<number | null> {
      return connection.read(chunk).catch(() => null);
    }
  };
  const served = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      void serve(connection);
    }
  })().catch(() => {});
  const drop = () => {
    for (const connection of connections) connection.close();
    connections.clear();
  };
  return {
    requests,
    address: listener.addr,
    drop,
    async [Symbol.asyncDispose]() {
      listener.close();
      drop();
      await served;
    },
  };
}

/** Options of a line with this endpoint. */
export function options(endpoint: Endpoint): LineOptions {
  return {
    name: "rs485-1",
    endpoint,
    baudrate: 115200,
    parity: "none",
    stopBits: 1,
    rtscts: false,
    ignoreEcho: false,
    initialTimeoutMs: 10_000,
    withinMessageTimeoutMs: 25,
    retries: 0,
    reopenDelayMs: 10,
  };
}

/** The endpoint of a gateway. */
export function tcp(kind: "tcp" | "modbus-tcp", gateway: Gateway): Endpoint {
  if (gateway.address.transport !== "tcp") return assert.fail("not a TCP gateway");
  return { kind, host: "127.0.0.1", port: gateway.address.port };
}

/** The answer to an RTU read: `value` in each register. */
export function answerTo(request: string, value: number): string {
  const [unit = 0, , , , , words = 0] = Uint8Array.fromHex(request);
  return readAnswer(unit, 4, Uint8Array.from({ length: 2 * words }, (_, at) => at % 2 ? value & 0xff : value >> 8))
    .toHex();
}

/** The next state of a line. */
export async function state(changes: AsyncIterator<LineChange>): Promise<string> {
  const { value } = await changes.next();
  return value?.state ?? "ended";
}
