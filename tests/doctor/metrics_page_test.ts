import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import type { Examined } from "../../src/doctor/examined.ts";
import { checkMetricsPage } from "../../src/doctor/metrics_page.ts";
import { MetricsPage } from "../../src/metrics/mod.ts";
import { figuresOf } from "../metrics/figures.ts";
import { FakeTime } from "../support/fake_time.ts";
import { endpointOf, ownHost } from "../support/own_address.ts";
import { FakeMachine, texts } from "./fake_machine.ts";

const port = 4000;
/** No other test listens on it, and the system does not use it for connections. */
const portOfAll = 20_417;

/** The only finding. @param listen undefined: there is no page */
async function found(
  machine: FakeMachine,
  listen: { readonly host: string; readonly port: number } | undefined,
  changes: Partial<Examined> = {},
): Promise<string> {
  const examined = machine.examined(changes);
  const settings = { ...examined.settings, ...(listen && { metrics: { listen } }) };
  const findings = texts(await checkMetricsPage({ ...examined, settings }));
  assert.equal(findings.length, 1);
  return findings[0] ?? "";
}

/** Puts a process into the tables of the machine that listens on an address. */
function addListener(machine: FakeMachine, address: string): void {
  const { hostname, port } = endpointOf(address);
  const hex = new Uint8Array(hostname.split(".").map(Number)).toReversed().toHex().toUpperCase();
  const row = (state: string, inode: number) =>
    `   0: ${hex}:${port.toString(16).padStart(4, "0").toUpperCase()} 00000000:0000 ${state} 00000000:00000000 ` +
    `00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
  // The second one is a connection
  machine.write("proc/net/tcp", `  sl  local_address rem_address   st\n${row("0A", 5001)}${row("01", 5002)}`);
  for (const [pid, inode] of [[77, 5001], [78, 5002]] as const) {
    machine.write(`proc/${pid}/comm`, pid === 77 ? "nginx\n" : "curl\n");
    Deno.mkdirSync(join(machine.root, `proc/${pid}/fd`));
    Deno.symlinkSync(`socket:[${inode}]`, join(machine.root, `proc/${pid}/fd/3`));
  }
}

Deno.test("an address that is free is fine, and one on all networks is a warning", async () => {
  using machine = new FakeMachine();
  const host = ownHost();
  assert.match(await found(machine, undefined), /^ok: There is no page for Prometheus/);
  assert.equal(await found(machine, { host, port }), `ok: ${host}:4000 is free`);
  const everywhere = await found(machine, { host: "0.0.0.0", port: portOfAll });
  assert.match(everywhere, /^warning: 0\.0\.0\.0:20417 is free, and on all networks .* -> set metrics\.listen/);
});

Deno.test("an address that another process uses is a problem, which names the process", async () => {
  using machine = new FakeMachine();
  const host = ownHost();
  using _other = Deno.listen({ hostname: host, port });
  assert.match(await found(machine, { host, port }), /^problem: .*:4000 is used by another process; only root sees/);
  addListener(machine, `${host}:${port}`);
  assert.equal(
    await found(machine, { host, port }),
    `problem: ${host}:4000 is used by process 77 (nginx) -> stop it, or set metrics.listen to another port`,
  );
});

Deno.test("an address that the machine does not have, an unknown name and a port for root are problems", async () => {
  using machine = new FakeMachine();
  assert.match(
    await found(machine, { host: "198.51.100.1", port }),
    /^problem: .* cannot listen on 198\.51\.100\.1:4000: no network of this machine has it -> set metrics\.listen to 127/,
  );
  assert.match(
    await found(machine, { host: "no-such-host.invalid", port }),
    /^problem: .*invalid:4000: failed to lookup/,
  );
  const host = ownHost();
  assert.match(
    await found(machine, { host, port: 80 }),
    /^problem: User wattseal may not listen on .*:80: ports below 1024 are for root -> .* to a port from 1024$/,
  );
  machine.write("proc/sys/net/ipv4/ip_unprivileged_port_start", "4001\n");
  assert.match(await found(machine, { host, port }), /^problem: .*:4000: ports below 4001 are for root/);
  machine.write("proc/sys/net/ipv4/ip_unprivileged_port_start", "4000\n");
  assert.match(await found(machine, { host, port }), /^ok: /);
});

Deno.test("while the service runs, the page must answer and be its own", async () => {
  using machine = new FakeMachine();
  const listen = { host: ownHost(), port };
  const url = `http://${listen.host}:4000/metrics`;
  const check = (servicePid: number) => found(machine, listen, { root: "/", servicePid });
  assert.match(await check(Deno.pid), /^problem: The service runs, but http:.*REFUSED.* -> wattseal reload puts/);

  const page = new MetricsPage(figuresOf, { log: silentLog, time: new FakeTime() });
  try {
    await page.listenOn(listen);
    assert.equal(await check(Deno.pid), `ok: The service provides ${url}`);
    // Another process of this program, with another state folder
    const other = await check(1);
    assert.ok(other.startsWith(`problem: ${url} is provided by process ${Deno.pid} (`), other);
    assert.match(other, /\), not by this service -> stop it, or set metrics\.listen to another port$/);
  } finally {
    await page.close();
  }
  await using _web = Deno.serve({ hostname: listen.host, port, onListen: () => {} }, () => new Response("Hello"));
  assert.match(await check(Deno.pid), /^problem: .* is provided by another program, not by this service/);
});
