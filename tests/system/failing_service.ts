/**
 * The service with two faults that a test can cause by a signal. It is copied into the installed program, which has no
 * such switch.
 *
 * @module
 */
import { ModbusClient } from "../../src/line/modbus_client.ts";

/** The unit whose exchanges no longer end: the loop of its line waits without end, while all timers work. */
const lostUnit = 2;

Deno.addSignalListener("SIGUSR1", () => {
  // The main loop is blocked
  for (;;);
});

Deno.addSignalListener("SIGUSR2", () => {
  const exchange = ModbusClient.prototype.exchange;
  ModbusClient.prototype.exchange = function (request) {
    return request.unit === lostUnit ? new Promise(() => {}) : exchange.call(this, request);
  };
});

await import("../../src/cli/main.ts");
