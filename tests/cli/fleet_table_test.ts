import assert from "node:assert/strict";
import { LinkedAbort } from "../../src/base/waits.ts";
import { fleetPage, fleetTable, type FleetTableOptions } from "../../src/cli/fleet_table.ts";
import { FullScreen } from "../../src/cli/full_screen.ts";
import { firstControls, keysText, pressed } from "../../src/cli/watch_keys.ts";
import { WatchView } from "../../src/cli/watch_view.ts";
import { Fleet } from "../../src/fleet/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { TerminalScreen } from "../support/terminal_screen.ts";
import { node, reading, status } from "./fleet_messages.ts";

/** The monotonic clock of the watching command. Times in messages are not used. */
const now = 1_000_000;
const fault = (active: boolean) => ({
  type: "powermeter/CommunicationFault",
  sub_type: "CommunicationError",
  severity: "High",
  active,
  message: "no answer",
  since: "2026-01-31T07:00:00.000Z",
  timestamp: "2026-01-31T07:00:00.000Z",
});
/** The messages by subject. */
function fleetOf(...messages: readonly (readonly [string, unknown])[]): Fleet {
  const fleet = new Fleet();
  for (const [subject, payload] of messages) fleet.apply(subject.split("."), payload, now - 500);
  return fleet;
}

Deno.test("watch shows each meter with its state, values, transaction and faults", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.reading", reading],
    ["berlin.evse-1.status", status("online")],
    ["aachen.evse-2.status", status("offline")],
    ["aachen.evse-2.fault.CommunicationError", fault(true)],
    ["berlin.evse-1.fault.CommunicationError", fault(true)],
    ["berlin.evse-1.fault.CommunicationError", fault(false)],
    ["berlin._node.status", node],
  );
  const lines = fleetTable(fleet, now);
  assert.match(lines[2] ?? "", /^aachen +evse-2 +offline +running 0d3f6f5e +CommunicationError$/);
  assert.match(lines[3] ?? "", /^berlin +evse-1 +online +0\.5 s +6900\.3 +10\.001 +12345678 +running 0d3f6f5e$/);
  assert.deepEqual(lines.slice(4), [
    "",
    "2 meters  2 charging  6.9 kW  12345.7 kWh import  1 problem",
    "node berlin  online  version 0.1.0  2 records not yet delivered",
  ]);
});

Deno.test("watch shows the meters of a silent node as lost", () => {
  const fleet = fleetOf(["berlin.evse-1.status", status("online")], ["berlin._node.status", node]);
  const lines = fleetTable(fleet, now + 120_000);
  assert.match(lines[2] ?? "", /evse-1 +node lost/);
  assert.match(lines.at(-1) ?? "", /^node berlin {2}lost, last status 2 min ago/);
});

Deno.test("watch shows all meters in pages that fit the terminal", () => {
  const names = Array.from({ length: 30 }, (_, index) => `evse-${index + 10}`);
  const fleet = fleetOf(...names.map((name) => [`berlin.${name}.status`, status("online")] as const));
  const at = (page: number, rows = 20) =>
    fleetPage(fleet, now, { size: { rows, columns: 50 }, page, otherMeters: "n next page" });
  const [first, second, last] = [at(0), at(1), at(2)];
  assert.ok(first.lines.length <= 20 && first.lines.every((line) => line.length <= 50));
  assert.ok(first.lines.includes("meters 1 to 15 of 30: n next page"), first.lines.join("\n"));
  const shown = (lines: string[]) => lines.flatMap((line) => /^evse-\d+/.exec(line)?.[0] ?? []);
  assert.deepEqual([...shown(first.lines), ...shown(second.lines)], names);
  assert.deepEqual([last, at(-1)], [second, first], "there is no other page");
  assert.ok(at(3, 16).lines.includes("meters 20 to 30 of 30: n next page"), "the last page is full");
  assert.equal(fleetPage(fleetOf(), now, { page: 1 }).page, 0);
  assert.ok(!fleetTable(fleet, now, { size: { rows: 40, columns: 50 } }).some((line) => line.startsWith("meters ")));
});

Deno.test("watch shows faults at every width, and marks cut texts", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.reading", reading],
    ["berlin.evse-1.status", status("offline")],
    ["berlin.evse-1.fault.CommunicationError", fault(true)],
    ["berlin.evse-1.fault.ClockSyncError", { ...fault(true), sub_type: "ClockSyncError" }],
    ["berlin._node.status", { ...node, faults: Array(5).fill(fault(true)) }],
  );
  const at = (columns: number) => fleetTable(fleet, now, { size: { rows: 24, columns } });
  const titles = (columns: number) => at(columns)[0]?.split(/ {2,}/).map((title) => title.trim()).join(", ");
  assert.equal(titles(80), "meter, state, age, W total, transaction, faults");
  assert.equal(titles(92), "meter, state, age, W total, Wh import, transaction, faults");
  assert.equal(titles(160), "site, meter, state, age, W total, A L1, Wh import, transaction, faults");
  assert.equal(titles(46), "meter, state, faults");
  assert.match(at(80)[2] ?? "", /^evse-1 +offline +0\.5 s +6900\.3 +running 0d3f6f5e +CommunicationError, C~$/);
  for (let columns = 30; columns < 180; columns++) {
    assert.match(at(columns)[2] ?? "", / {2}Co.*(?:~|Error)$/, String(columns));
    assert.ok(at(columns).every((text) => text.length <= columns), String(columns));
  }
  assert.match(at(80).at(-1) ?? "", /^node berlin {2}online {2}version 0\.1\.0 {2}CommunicationError.*~$/);
});

Deno.test("watch shows all columns if the terminal does not know its size", () => {
  const fleet = fleetOf(["berlin.evse-1.reading", reading], ["berlin.evse-1.fault.CommunicationError", fault(true)]);
  assert.deepEqual(fleetTable(fleet, now, { size: { rows: 0, columns: 0 } }), fleetTable(fleet, now));
});

Deno.test("watch ignores unknown messages", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.reading", { hello: 1 }],
    ["berlin.evse-1.status", undefined],
    ["berlin.evse-1.ocmf", {}],
    ["berlin", {}],
    ["berlin._node.status", 3],
  );
  assert.deepEqual([fleet.meters, fleet.nodes], [[], []]);
});

Deno.test("watch does not show a meter that was removed, until it is added again", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.status", status("online")],
    ["berlin.evse-2.status", status("online")],
    ["berlin.evse-2.fault.CommunicationError", fault(true)],
    ["berlin.evse-2.status", { ...status("stopped"), removed: true }],
    ["berlin.evse-2.fault.CommunicationError", fault(false)],
    ["berlin.evse-2.reading", reading],
  );
  assert.deepEqual(fleet.meters.map(({ meter }) => meter), ["evse-1"]);
  fleet.apply(["berlin", "evse-2", "status"], status("connecting"), now);
  assert.deepEqual(fleet.meters.map(({ meter }) => meter), ["evse-1", "evse-2"]);
});

Deno.test("watch keeps at most 10,000 meters with 100 faults each, and updates the known ones", () => {
  const fleet = new Fleet();
  const take = (meter: number, what: string[], payload: unknown) =>
    fleet.apply(["berlin", `evse-${meter}`, ...what], payload, now);
  for (let meter = 0; meter < 10_010; meter++) take(meter, ["status"], status("online"));
  assert.equal(fleet.meters.length, 10_000);
  assert.equal(take(10_009, ["status"], status("online")), undefined);
  assert.equal(take(1, ["status"], status("offline"))?.payload["state"], "offline");
  for (let kind = 0; kind < 110; kind++) take(2, ["fault", "x"], { ...fault(true), sub_type: `Fault${kind}` });
  assert.equal(fleet.meters.find(({ meter }) => meter === "evse-2")?.faults.size, 100);
});

Deno.test("watch orders names by their numbers, those with problems first, or by another key", () => {
  const fleet = fleetOf(
    ...["evse-10", "evse-2", "evse-1"].map((name) => [`berlin.${name}.status`, status("online")] as const),
    ["berlin.evse-9.status", status("offline")],
    ["berlin.evse-10.reading", reading],
  );
  const names = (options: FleetTableOptions) =>
    fleetTable(fleet, now, options).map((line) => /evse-\d+/.exec(line)?.[0]).filter((name) => name !== undefined);
  assert.deepEqual(names({}), ["evse-9", "evse-1", "evse-2", "evse-10"]);
  assert.deepEqual(names({ sort: "name" }), ["evse-1", "evse-2", "evse-9", "evse-10"]);
  assert.deepEqual(names({ sort: "power" }), ["evse-10", "evse-1", "evse-2", "evse-9"]);
  assert.deepEqual(names({ filter: "OFFLINE" }), ["evse-9"]);
  assert.deepEqual(names({ filter: "0d3f6f5e-6c1b" }).length, 4);
  assert.match(fleetTable(fleet, now, { filter: "offline" }).join("\n"), /^1 of 4 meters/m);
  assert.match(fleetTable(fleet, now, { filter: "x" }).join("\n"), /^No meter matches the filter$/m);
});

Deno.test("watch shows everything at 160 columns, and two sites and the transaction at 80", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.reading", reading],
    ["berlin.evse-1.status", status("online")],
    ["aachen.evse-2.status", status("online")],
    ["berlin._node.status", node],
  );
  const titles = (columns: number, versions = true) =>
    fleetTable(fleet, now, { size: { rows: 24, columns }, versions })[0]?.split(/ {2,}/).map((title) => title.trim());
  assert.deepEqual(titles(160), [
    ...["site", "meter", "state", "version", "age", "W total", "A L1", "Wh import", "transaction", "faults"],
  ]);
  assert.deepEqual(titles(80), ["site", "meter", "state", "version", "transaction", "faults"]);
  assert.deepEqual(titles(80, false), ["site", "meter", "state", "age", "transaction", "faults"]);
  assert.match(fleetTable(fleet, now, { versions: true }).join("\n"), /^berlin +evse-1 +online +0\.1\.0 +0\.5 s/m);
});

Deno.test("watch shows no age and no power while NATS is lost, and counts no node as lost", () => {
  const fleet = fleetOf(
    ["berlin.evse-1.reading", reading],
    ["berlin.evse-1.status", status("online")],
    ["berlin._node.status", node],
  );
  const later = now + 3_600_000;
  const text = fleetTable(fleet, later, { lostAtMs: now + 1000, banner: ["NATS IS NOT REACHABLE"] }).join("\n");
  assert.match(text, /^NATS IS NOT REACHABLE\n/);
  assert.match(text, /^berlin +evse-1 +online +unknown +6900\.3/m);
  assert.match(text, /power unknown/);
  assert.match(text, /^node berlin {2}online/m);
  // After the reconnection, the node has its usual time to report
  assert.match(fleetTable(fleet, later, { restoredAtMs: later - 1000 }).join("\n"), /^node berlin {2}online/m);
  assert.match(fleetTable(fleet, later, {}).join("\n"), /^node berlin {2}lost, last status 60 min ago/m);
});

Deno.test("watch never scrolls, also if the terminal has become narrower", () => {
  const terminal = new TerminalScreen(10, 3);
  const screen = new FullScreen({ out: (text) => terminal.write(text) });
  screen.enter();
  screen.draw(["0123456789ab", "0123456789", "end"]);
  assert.deepEqual([terminal.lines, terminal.scrolled], [["012345678b", "0123456789", "end"], []]);
});

Deno.test("watch shows problems in full on a narrow terminal", () => {
  const problem = "Cannot watch wattseal.*.*.reading: this user may not subscribe; connect as a viewer of the account";
  const table = fleetTable(fleetOf(), now, { size: { rows: 24, columns: 40 }, banner: [problem, ""] });
  assert.equal(table.slice(0, table.indexOf("")).join(" "), problem);
  assert.ok(table.every((line) => line.length <= 40), table.join("\n"));
});

Deno.test("watch shows a problem once, however often NATS reports it", () => {
  const problems = ["no readings", "no states", "no readings", "no readings", "no readings"];
  using end = new LinkedAbort(new AbortController().signal);
  const source = { fleet: fleetOf(), lostAtMs: undefined, restoredAtMs: undefined };
  const view = new WatchView({ source, problems, requested: "", versions: false, end, time: new FakeTime() }, {
    out: () => {},
    isTerminal: false,
    terminalSize: () => undefined,
    holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
  });
  assert.deepEqual(view.table().slice(0, 3), ["no readings", "no states", ""]);
});

Deno.test("watch never exceeds the terminal, with many meters, nodes and problems", () => {
  const sites = Array.from({ length: 40 }, (_, index) => `site-${index}`);
  const fleet = fleetOf(
    ...sites.flatMap((site) => [[`${site}.evse-1.status`, status("online")], [`${site}._node.status`, node]] as const),
    ["site-33._node.status", { ...node, faults: [fault(true)] }],
  );
  for (let rows = 1; rows < 60; rows++) {
    const lines = fleetTable(fleet, now, { size: { rows, columns: 80 }, banner: ["NATS", ""], footer: "q quit" });
    assert.ok(lines.length <= rows, `${rows}: ${lines.length}`);
    if (rows > 10) assert.equal(lines.at(-1), "q quit");
    if (rows > 10) assert.match(lines.find((line) => line.startsWith("node")) ?? "", /^node site-33/);
  }
});

Deno.test("the keys of watch filter, sort and quit", () => {
  const after = (text: string) => pressed(firstControls, text);
  assert.equal(keysText(firstControls), "q quit  s sort: problems  f filter");
  assert.equal(after("s").sort, "name");
  assert.equal(after("ssss").sort, "problems");
  assert.equal(after("q").isEnded, true);
  assert.deepEqual(after("fqx"), { ...firstControls, filter: "qx", isTyping: true });
  assert.deepEqual(after("/qx\x7f\r"), { ...firstControls, filter: "q" });
  assert.deepEqual(after("fqx\rs\x1b"), { ...firstControls, sort: "name" });
  assert.deepEqual(after("f\x1b[A\x1b[5~\x1bOPa"), { ...firstControls, filter: "a", isTyping: true });
  assert.equal(after("nn \x1b[6~\x1b[Bp\x1b[5~\x1b[A").page, 2);
  assert.deepEqual(["s", "f2", "f2\x7f", "\x1b"].map((keys) => after(`nn${keys}`).page), [0, 0, 0, 0]);
  assert.equal(keysText(after("fab")), "filter: ab_  (Enter: apply, Esc: clear)");
});

Deno.test("watch counts only meters with an open transaction as charging", () => {
  const finished = { ...status("online"), transaction: { state: "finished", transaction_id: "0d3f6f5e" } };
  const fleet = fleetOf(["berlin.evse-1.status", finished], ["berlin.evse-2.status", status("online")]);
  assert.match(fleetTable(fleet, now).join("\n"), /^2 meters {2}1 charging/m);
});
