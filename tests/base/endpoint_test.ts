import assert from "node:assert/strict";
import { type Endpoint, endpointText } from "../../src/base/endpoint.ts";

const texts: readonly [Endpoint, string][] = [
  [{ kind: "serial", path: "/dev/ttyUSB0" }, "/dev/ttyUSB0"],
  [{ kind: "unix", path: "/run/x.sock" }, "unix:/run/x.sock"],
  [{ kind: "tcp", host: "10.0.0.5", port: 4001 }, "tcp://10.0.0.5:4001"],
  [{ kind: "modbus-tcp", host: "10.0.0.5", port: 502 }, "modbus-tcp://10.0.0.5:502"],
];

Deno.test("endpointText() writes each kind of endpoint as a configuration has it", () => {
  for (const [endpoint, text] of texts) assert.equal(endpointText(endpoint), text);
});
