import assert from "node:assert/strict";
import { exceptionMeaning, exceptions, isBusy, isGatewayFailure } from "../../src/modbus/mod.ts";

const codes = Array.from({ length: 12 }, (_, code) => code);

Deno.test("isBusy() returns true only for exceptions 5 and 6", () => {
  assert.deepEqual(codes.filter(isBusy), [exceptions.acknowledge, exceptions.busy]);
});

Deno.test("isGatewayFailure() returns true only for exceptions 10 and 11", () => {
  assert.deepEqual(codes.filter(isGatewayFailure), [10, 11]);
});

Deno.test("exceptionMeaning() describes every named exception, and reports others as not standard", () => {
  for (const code of Object.values(exceptions)) assert.notEqual(exceptionMeaning(code), exceptionMeaning(99));
});
