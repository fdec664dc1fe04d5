import assert from "node:assert/strict";
import { configText, placesOf, problemsOf } from "../support/config_text.ts";

const twoLines = (first: string, second: string) => `
site: s
lines:
  - name: a
    ${first}
    meters: [{ name: m }]
  - name: b
    ${second}
    meters: [{ name: n }]
`;

Deno.test("loadConfig requires exactly one of serial_port and gateway", () => {
  assert.deepEqual(placesOf(configText({ line: "gateway: tcp://h:1" })), ["7:5 lines[0].gateway"]);
  assert.deepEqual(placesOf(configText().replace("    serial_port: /dev/ttyUSB0\n", "")), ["3:5 lines[0]"]);
});

Deno.test("loadConfig allows one use of RTS, and only on a serial port", () => {
  const rs485 = "rs485: { direction: rts }";
  for (const line of ["rtscts: true", "rts: on", "rts: off", rs485, `rtscts: false\n${rs485}`]) {
    assert.deepEqual(placesOf(configText({ line })), [], line);
  }
  for (const second of ["rts: off", "rtscts: true"]) {
    const key = second.replace(/:.*/, "");
    assert.deepEqual(placesOf(configText({ line: `${rs485}\n${second}` })), [`8:5 lines[0].${key}`]);
  }
  const gateway = (key: string) => twoLines("serial_port: x", `gateway: tcp://h:1\n    ${key}`);
  assert.deepEqual(placesOf(gateway(rs485)), ["9:5 lines[1].rs485"]);
  assert.deepEqual(placesOf(gateway("rts: on")), ["9:5 lines[1].rts"]);
  assert.deepEqual(placesOf(configText({ line: "rs485: {}" })), ["7:12 lines[0].rs485.direction"]);
  assert.deepEqual(placesOf(configText({ line: "rts: true\nrs485: { direction: gpio, delay_after_ms: 101 }" })), [
    "7:10 lines[0].rts",
    "8:5 lines[0].rs485",
    "8:25 lines[0].rs485.direction",
    "8:47 lines[0].rs485.delay_after_ms",
  ]);
});

Deno.test("loadConfig reports an rtscts that is not valid once, and not as a second use of RTS", () => {
  for (const value of ["${UNKNOWN_VARIABLE}", "1", "[]", '"true"']) {
    const text = configText({ line: `rs485: { direction: rts }\nrtscts: ${value}` });
    assert.deepEqual(placesOf(text), ["8:13 lines[0].rtscts"], value);
  }
});

Deno.test("loadConfig requires unique unit ids on a line, including the default", () => {
  const second = (unit: string) => configText({ line: `  - { name: evse-2${unit} }` });
  assert.deepEqual(placesOf(second("")), ["7:9 lines[0].meters[1].powermeter_device_id"]);
  assert.deepEqual(placesOf(second(", powermeter_device_id: 0x01")), ["7:47 lines[0].meters[1].powermeter_device_id"]);
  assert.deepEqual(placesOf(second(", powermeter_device_id: 2")), []);
  assert.deepEqual(placesOf(twoLines("serial_port: x", "serial_port: y")), [], "the same id on another line");
});

Deno.test("loadConfig requires unique names of meters in the file", () => {
  const text = twoLines("serial_port: x", "serial_port: y").replace("name: n ", "name: m ");
  const [problem] = problemsOf(text);
  assert.deepEqual(placesOf(text), ["9:22 lines[1].meters[0].name"]);
  assert.equal(problem?.found, '"m", as at lines[0].meters[0].name');
});

Deno.test("loadConfig requires unique names of lines", () => {
  const text = twoLines("serial_port: x", "serial_port: y").replace("name: b", "name: a");
  assert.deepEqual(placesOf(text), ["7:11 lines[1].name"]);
});

Deno.test("loadConfig allows each port and each gateway only once, in any notation", () => {
  assert.deepEqual(placesOf(twoLines("serial_port: x", "serial_port: ./y/../x")), ["8:18 lines[1].serial_port"]);
  assert.deepEqual(placesOf(twoLines("gateway: tcp://h:1", "gateway: tcp://H:01")), ["8:14 lines[1].gateway"]);
  assert.deepEqual(placesOf(twoLines("gateway: tcp://h:1", "gateway: tcp://h:2")), []);
});

Deno.test("loadConfig allows at most one kind of credentials, and rejects incomplete ones", () => {
  const nats = (...keys: string[]) => placesOf(configText({ top: ["nats:", ...keys].join("\n  ") }));
  const kinds = ["credentials_file: a", "user: u\n  password: p", "token: t", "nkey_seed_file: n"];
  for (const one of kinds) {
    assert.deepEqual(nats(one), [], one);
    for (const other of kinds) if (one !== other) assert.equal(nats(one, other).length, 1, `${one} and ${other}`);
  }
  assert.deepEqual(nats("user: u"), ["8:3 nats.user"]);
  assert.deepEqual(nats("password: p"), ["8:3 nats.password"]);
  assert.deepEqual(nats("tls: { cert_file: c }"), ["8:10 nats.tls.cert_file"]);
  assert.deepEqual(nats("tls: { key_file: k, ca_file: c }"), ["8:10 nats.tls.key_file"]);
});

Deno.test("loadConfig requires a line with a meter", () => {
  assert.deepEqual(placesOf("site: s\nlines: []"), ["2:8 lines"]);
  assert.deepEqual(placesOf("site: s"), ["1:1 lines"]);
  assert.deepEqual(placesOf("site: s\nlines: [{ name: a, serial_port: x, meters: [] }]"), ["2:44 lines[0].meters"]);
});
