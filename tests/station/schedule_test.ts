import assert from "node:assert/strict";
import { changeText } from "../../src/station/change.ts";
import { schedule } from "../../src/station/schedule.ts";
import { linesOf, type ShortLines } from "./configs.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { scheduleProperties } from "./schedule_properties.ts";

testProperties(scheduleProperties);

interface Case {
  readonly from: ShortLines;
  readonly to: ShortLines;
  /** Meters with an open transaction. @default none */
  readonly busy?: readonly string[];
  /** Expected steps: `stop evse-1, close a, open a, start evse-1`. */
  readonly steps: string;
  /** Expected texts of changes that wait, with their meters. @default none waits */
  readonly waiting?: readonly string[];
}

const twoLines: ShortLines = { a: { meters: { one: "1", two: "2" } }, b: { meters: { three: "1" } } };

const table: Record<string, Case> = {
  "nothing": { from: twoLines, to: twoLines, busy: ["one", "three"], steps: "" },
  "an added meter": {
    from: twoLines,
    to: { ...twoLines, b: { meters: { three: "1", four: "2" } } },
    busy: ["one", "two", "three"],
    steps: "start four",
  },
  "a removed meter": { from: twoLines, to: { ...twoLines, a: { meters: { one: "1" } } }, steps: "stop two" },
  "a removed meter with a transaction": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "1" } } },
    busy: ["two"],
    steps: "",
    waiting: ["meter two is removed: two"],
  },
  "a changed meter beside one with a transaction": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "1", two: "2, invert: true" } } },
    busy: ["one"],
    steps: "stop two, start two",
  },
  "a changed meter with a transaction": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "1", two: "2, invert: true" } } },
    busy: ["two"],
    steps: "",
    waiting: ["meter two is changed (invert): two"],
  },
  "a renamed meter": {
    from: twoLines,
    to: { ...twoLines, b: { meters: { four: "1" } } },
    steps: "stop three, start four",
  },
  "a renamed meter with a transaction: no two meters use one unit id": {
    from: twoLines,
    to: { ...twoLines, b: { meters: { four: "1" } } },
    busy: ["three"],
    steps: "",
    waiting: ["meter three is removed: three", "meter four is added: three"],
  },
  "two meters that exchange their unit ids": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "2", two: "1" } } },
    steps: "stop one, stop two, start one, start two",
  },
  "two meters that exchange their unit ids, one with a transaction": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "2", two: "1" } } },
    busy: ["one"],
    steps: "",
    waiting: ["meter one is changed (powermeter_device_id): one", "meter two is changed (powermeter_device_id): one"],
  },
  "a meter that takes the unit id of a removed one with a transaction": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { two: "1" } } },
    busy: ["one"],
    steps: "",
    waiting: ["meter one is removed: one", "meter two is changed (powermeter_device_id): one"],
  },
  "a removed meter whose unit id a meter with a transaction gets: it does not wait": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { two: "1" } } },
    busy: ["two"],
    steps: "stop one",
    waiting: ["meter two is changed (powermeter_device_id): two"],
  },
  "a moved meter": {
    from: twoLines,
    to: { a: { meters: { one: "1" } }, b: { meters: { three: "1", two: "2" } } },
    busy: ["one", "three"],
    steps: "stop two, start two",
  },
  "a moved meter with a transaction": {
    from: twoLines,
    to: { a: { meters: { one: "1" } }, b: { meters: { three: "1", two: "2" } } },
    busy: ["two"],
    steps: "",
    waiting: ["meter two is moved: two"],
  },
  "a changed line": {
    from: twoLines,
    to: { ...twoLines, a: { keys: "baudrate: 19200", meters: { one: "1", two: "2" } } },
    busy: ["three"],
    steps: "stop one, stop two, close a, open a, start one, start two",
  },
  "a changed line with a transaction: all its meters stay in service": {
    from: twoLines,
    to: { ...twoLines, a: { keys: "baudrate: 19200", meters: { one: "1", two: "2, invert: true", five: "5" } } },
    busy: ["one"],
    steps: "",
    waiting: [
      "line a is changed (baudrate): one",
      "meter two is changed (invert): one",
      "meter five is added: one",
    ],
  },
  "a changed line with a transaction, and a meter that leaves it": {
    from: twoLines,
    to: { a: { keys: "baudrate: 19200", meters: { one: "1" } }, b: { meters: { three: "1", two: "2" } } },
    busy: ["one"],
    steps: "stop two, start two",
    waiting: ["line a is changed (baudrate): one"],
  },
  "a removed line with a transaction: only the meter with it stays": {
    from: twoLines,
    to: { b: { meters: { three: "1" } } },
    busy: ["one"],
    steps: "stop two",
    waiting: ["line a is removed: one", "meter one is removed: one"],
  },
  "a renamed line": {
    from: twoLines,
    to: { a: { meters: { one: "1", two: "2" } }, c: { keys: "serial_port: /dev/b", meters: { three: "1" } } },
    steps: "stop three, close b, open c, start three",
  },
  "a renamed line with a transaction: the device is never open twice": {
    from: twoLines,
    to: { c: { keys: "serial_port: /dev/a", meters: { one: "1", two: "2" } }, b: { meters: { three: "1" } } },
    busy: ["one"],
    steps: "",
    waiting: [
      "line a is removed: one",
      "line c is added: one",
      "meter one is moved: one",
      "meter two is moved: one",
    ],
  },
  "a renamed line with renamed meters and a transaction": {
    from: twoLines,
    to: { c: { keys: "serial_port: /dev/a", meters: { uno: "1", due: "2" } }, b: { meters: { three: "1" } } },
    busy: ["one"],
    steps: "",
    waiting: [
      "line a is removed: one",
      "line c is added: one",
      "meter one is removed: one",
      "meter two is removed: one",
      "meter uno is added: one",
      "meter due is added: one",
    ],
  },
  "two lines that exchange their devices, one with a transaction": {
    from: twoLines,
    to: {
      a: { keys: "serial_port: /dev/b", meters: { one: "1", two: "2" } },
      b: { keys: "serial_port: /dev/a", meters: { three: "1" } },
    },
    busy: ["three"],
    steps: "",
    waiting: ["line a is changed (serial_port): three", "line b is changed (serial_port): three"],
  },
  "a line that gets the device of a line that moves on": {
    from: twoLines,
    to: {
      a: { keys: "serial_port: /dev/b", meters: { one: "1", two: "2" } },
      b: { keys: "serial_port: /dev/c", meters: { three: "1" } },
    },
    steps: "stop one, stop two, stop three, close a, close b, open a, open b, start one, start two, start three",
  },
  "an added line, to which a meter with a transaction moves": {
    from: twoLines,
    to: { ...twoLines, a: { meters: { one: "1" } }, c: { meters: { two: "2", six: "6" } } },
    busy: ["two"],
    steps: "open c, start six",
    waiting: ["meter two is moved: two"],
  },
  "changes that wait for several transactions": {
    from: twoLines,
    to: {
      a: { keys: "retries: 1", meters: { one: "1", two: "2" } },
      b: { keys: "retries: 1", meters: { three: "1" } },
    },
    busy: ["one", "two", "three"],
    steps: "",
    waiting: ["line a is changed (retries): one, two", "line b is changed (retries): three"],
  },
};

for (const [what, { from, to, busy = [], steps, waiting = [] }] of Object.entries(table)) {
  Deno.test(`schedule of ${what}`, () => {
    const found = schedule(linesOf(from), linesOf(to), (meter) => busy.includes(meter));
    const taken = [
      ...found.stop.map((name) => `stop ${name}`),
      ...found.close.map((name) => `close ${name}`),
      ...found.open.map(({ name }) => `open ${name}`),
      ...found.start.map(({ meter }) => `start ${meter.name}`),
    ];
    assert.equal(taken.join(", "), steps);
    assert.deepEqual(
      found.waiting.map(({ change, meters }) => `${changeText(change)}: ${meters.join(", ")}`).toSorted(),
      [...waiting].toSorted(),
    );
  });
}
