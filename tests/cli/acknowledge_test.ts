import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { acknowledgeReply } from "../../src/cli/acknowledge_reply.ts";
import { ControlServer } from "../../src/control/control_server.ts";
import { askService } from "../../src/control/mod.ts";
import { acknowledgeableFaults, TransactionError } from "../../src/transaction/mod.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { runCommand } from "../support/run_command.ts";

/** Whether each meter has the fault; a meter without an entry is not served. */
const raised: Readonly<Record<string, boolean>> = { "evse-1": true, "evse-2": false };

const service = {
  acknowledge(meter: string): Promise<boolean | undefined> {
    if (meter === "evse-3") return Promise.reject(new TransactionError("JOURNAL_FAILED", "The disk is full"));
    return Promise.resolve(raised[meter]);
  },
};

Deno.test("acknowledge prints what the running service did, and its exit code distinguishes a refusal from a missing service", async () => {
  const folder = ramFolder();
  const run = (...args: string[]) => runCommand(["acknowledge", ...args, "--state-dir", folder]);
  try {
    assert.equal((await run("evse-1", "MeterExchanged")).code, 3);
    const acknowledge = (meter: string, fault: string) => acknowledgeReply(meter, fault, service);
    const server = await ControlServer.open(folder, { acknowledge }, { log: silentLog, time: systemTime });
    try {
      const done = { code: 0, out: "Acknowledged MeterExchanged of meter evse-1\n", err: "" };
      assert.deepEqual(await run("evse-1", "MeterExchanged"), done);
      const nothing = "Nothing to do: meter evse-2 does not have the fault PublicKeyChanged\n";
      assert.deepEqual(await run("evse-2", "PublicKeyChanged"), { code: 0, out: nothing, err: "" });
      const { out } = await run("evse-2", "PublicKeyChanged", "--json");
      const fields = { ok: true, meter: "evse-2", fault: "PublicKeyChanged", acknowledged: false };
      assert.deepEqual(JSON.parse(out), fields);
      assert.deepEqual(await run("evse-3", "MeterExchanged"), { code: 1, out: "", err: "The disk is full\n" });
      const unknown = { code: 1, out: "", err: "The service has no meter evse-9\n" };
      assert.deepEqual(await run("evse-9", "MeterExchanged"), unknown);
      const wrong = await run("evse-1", "LineNoisy");
      assert.equal(wrong.code, 2);
      for (const fault of acknowledgeableFaults) assert.ok(wrong.err.includes(fault), wrong.err);
      const reply = await askService(folder, { command: "acknowledge", meter: "evse-1", fault: "LineNoisy" });
      const error = "The faults that can be acknowledged are MeterExchanged and PublicKeyChanged";
      assert.deepEqual(reply, { ok: false, error });
    } finally {
      await server.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
