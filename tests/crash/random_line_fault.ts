import type { Misbehaviour, RequestMatch } from "../../src/simulator/mod.ts";
import { registers } from "../../src/meter/mod.ts";
import type { Chance } from "./chance.ts";

const { transaction } = registers;

/** Registers whose loss has the largest effect on a transaction. */
const tender = [
  transaction.command.at,
  transaction.ocmfState.at,
  transaction.ocmfSize.at,
  transaction.ocmfFile.at,
  transaction.tariffText.at,
] as const;

/** A failure on the line, and its requests. */
export function randomLineFault(chance: Chance, units: number): [what: Misbehaviour, match: RequestMatch] {
  const match = {
    unit: chance.between(1, units),
    times: chance.between(1, 5),
    ...(chance.happens(70) && { address: chance.pick(tender) }),
  };
  return [randomMisbehaviour(chance), match];
}

function randomMisbehaviour(chance: Chance): Misbehaviour {
  const kind = chance.weighted({
    lose_request: 4,
    lose_answer: 6,
    bad_crc: 3,
    delay: 4,
    exception: 3,
    short: 2,
    noise: 1,
    wrong_unit: 1,
  });
  switch (kind) {
    case "delay":
      return { kind, ms: chance.between(20, 700) };
    case "exception":
      return { kind, exception: chance.pick([4, 5, 6]) };
    case "short":
      return { kind, bytes: chance.between(1, 6) };
    case "noise":
      return { kind, bytes: Uint8Array.of(chance.between(0, 255), chance.between(0, 255)) };
    case "wrong_unit":
      return { kind, unit: chance.between(100, 200) };
    default:
      return { kind };
  }
}
