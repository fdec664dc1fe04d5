import assert from "node:assert/strict";

const folder = new URL("../../config/systemd/", import.meta.url);

async function settings(unit: string): Promise<[name: string, value: string][]> {
  const text = await Deno.readTextFile(new URL(unit, folder));
  return text.split("\n").filter((line) => /^\w+=/.test(line)).map((line) => {
    const [name = ""] = line.split("=", 1);
    return [name, line.slice(name.length + 1)];
  });
}

Deno.test("the units allow devices by number, because a driver may be loaded later than the unit is started", async () => {
  for (const unit of ["wattseal.service", "wattseal-bridge@.service"]) {
    const devices = (await settings(unit)).filter(([name]) => name === "DeviceAllow").map(([, value]) => value);
    assert.ok(devices.includes("char-188 rw"), `${unit} allows ttyUSB`);
    for (const device of devices) assert.match(device, /^char-\d+ rw$/, unit);
  }
});
