import assert from "node:assert/strict";
import { Line } from "../../src/line/mod.ts";
import { openPseudoTerminal, PortError, type RtsSettings } from "../../bridge/mod.ts";
import { restingRts, setRts } from "../../bridge/rts.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const path = "/dev/ttyS1";
const delays = { delayBeforeMs: 1, delayAfterMs: 100 } as const;

/** Every ioctl of some settings, as `request: argument in hex`; `answer` is the result of each call. */
function ioctls(settings: RtsSettings, answer: (argument: Uint8Array) => number = () => 0, errno = 25): string[] {
  const calls: string[] = [];
  setRts(path, settings, {
    ioctl: (request, argument) => {
      calls.push(`${request.toString(16)}: ${argument.toHex()}`);
      return answer(argument);
    },
    errno: () => errno,
  });
  return calls;
}

function portError(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PortError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

Deno.test("setRts passes struct serial_rs485 to the driver with TIOCSRS485", () => {
  const reserved = "00".repeat(20);
  assert.deepEqual(ioctls({ rs485: { direction: "rts", ...delays } }), [`542f: 030000000100000064000000${reserved}`]);
  assert.deepEqual(ioctls({ rs485: { direction: "rts_inverted", delayBeforeMs: 0, delayAfterMs: 0 } }), [
    `542f: 050000000000000000000000${reserved}`,
  ]);
});

Deno.test("setRts keeps RTS at one level with TIOCMBIS and TIOCMBIC, and does not change it without a setting", () => {
  assert.deepEqual(ioctls({ rts: "on" }), ["5416: 04000000"]);
  assert.deepEqual(ioctls({ rts: "off" }), ["5417: 04000000"]);
  assert.deepEqual(ioctls({}), []);
  const rs485 = { direction: "rts", ...delays } as const;
  const inverted = { direction: "rts_inverted", ...delays } as const;
  assert.deepEqual(
    [{}, { rts: "on" as const }, { rts: "off" as const }, { rs485 }, { rs485: inverted }].map(restingRts),
    [true, true, false, false, true],
    "the level until the driver switches it, or without a driver",
  );
});

Deno.test("setRts names the key to change if the driver does not support the request", () => {
  const refuse = () => -1;
  const rs485 = { direction: "rts", ...delays } as const;
  for (const errno of [25, 22, 95]) {
    assert.throws(
      () => ioctls({ rs485 }, refuse, errno),
      portError(
        "unsupported",
        /^Cannot open \/dev\/ttyS1: .*rs485\.direction: rts.*remove rs485 from the configuration/,
      ),
    );
    assert.throws(
      () => ioctls({ rts: "off" }, refuse, errno),
      portError("unsupported", /^Cannot open \/dev\/ttyS1: .*\(rts: off\); remove rts from the configuration/),
    );
  }
  assert.throws(() => ioctls({ rs485 }, refuse, 5), portError("failed", /cannot set RTS \(ioctl 542fh, error 5\)/));
  const drops = (argument: Uint8Array) => {
    argument[0] = 0;
    return 0;
  };
  assert.throws(() => ioctls({ rs485 }, drops), portError("unsupported", /remove rs485/), "it takes, and does nothing");
});

Deno.test("Line reports what to change for a device without RTS, and works without the key", async () => {
  await using terminal = openPseudoTerminal();
  await using far = new ScriptedLine(() => "0104020144b893", terminal);
  const wrong: RtsSettings[] = [{ rts: "off" }, { rs485: { direction: "rts", delayBeforeMs: 0, delayAfterMs: 0 } }];
  for (const settings of wrong) {
    const line = new Line(far.options(settings));
    assert.match(
      (await line.start())?.message ?? "",
      /; (most USB adapters .*)?remove (rts|rs485) from the configuration/,
    );
    await line.close();
  }
  const line = new Line(far.options());
  assert.equal(await line.start(), undefined);
  assert.equal((await line.read(1, 0x0b, 1, { priority: "live" })).toHex(), "0144");
  await line.close();
});
