import { hex } from "../base/hex.ts";
import type { Bus } from "./bus.ts";

/** The steps of a write. A crash between them must do no harm. */
export const writeFailpoints = ["line.before_write", "line.after_write"] as const;

/**
 * Wraps a bus: calls a failpoint before each write and after its answer, so that a test can end the process there.
 *
 * @param failpoint awaited at each step; `detail` is the wire address of the register
 */
export function watchWrites(
  bus: Bus,
  failpoint: (name: typeof writeFailpoints[number], detail: string) => void | Promise<void>,
): Bus {
  return {
    get connection() {
      return bus.connection;
    },
    connected: (after, signal) => bus.connected(after, signal),
    ...(bus.readCostMs && { readCostMs: bus.readCostMs.bind(bus) }),
    ...(bus.unitStats && { unitStats: bus.unitStats.bind(bus) }),
    read: (unit, address, words, options) => bus.read(unit, address, words, options),
    async write(unit, address, bytes, options) {
      const register = `${hex(address)}h`;
      await failpoint("line.before_write", register);
      await bus.write(unit, address, bytes, options);
      await failpoint("line.after_write", register);
    },
  };
}
