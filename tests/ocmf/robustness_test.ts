import { testProperties } from "../fuzz/test_properties.ts";
import { judgeAll } from "./judge_all.ts";
import { ocmfProperties } from "./properties.ts";
import { bytesOf, testPublicKey } from "./samples.ts";

testProperties(ocmfProperties);

Deno.test("verifyRecord survives nesting that would exhaust the stack", () => {
  judgeAll(bytesOf(`OCMF|{"RD":${"[".repeat(100_000)}${"]".repeat(100_000)}}|{"SD":"00"}`), testPublicKey);
});
