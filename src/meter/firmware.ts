import { decodeInteger, type Field } from "./codec.ts";
import type { ReadWords } from "./read_words.ts";
import type { FirmwareVersion, MeterModel } from "./meter_model.ts";
import { planReads } from "./read_plan.ts";
import { unlessUnanswered } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { Identity } from "./types.ts";

/**
 * Reads the firmware versions. They are only for people: a version that cannot be read is absent.
 *
 * @throws {LineError} the line is closed
 */
export async function readFirmware(registers: RegisterAccess, model: MeterModel): Promise<Identity["firmware"]> {
  const { measure, communication } = model.firmware;
  const fields = [measure, communication].flatMap((version) => version === undefined ? [] : fieldsOf(version));
  const words = await unlessUnanswered(
    registers,
    (withFewAttempts) => withFewAttempts.readAll(planReads(fields, withFewAttempts.cost, model)),
  );
  return {
    ...(measure === undefined || words === undefined ? {} : { measure: versionText(measure, words) }),
    ...(communication === undefined || words === undefined ? {} : { communication: versionText(communication, words) }),
  };
}

/** The registers of a version. */
export function fieldsOf(version: FirmwareVersion): readonly Field[] {
  const first = { at: version.at, as: "u16" } as const;
  return version.as === "nibbles" ? [first] : [first, { at: version.revisionAt, as: "u16" }];
}

function versionText(version: FirmwareVersion, words: ReadWords): string {
  const [word = 0, revision = 0] = fieldsOf(version).map((field) => decodeInteger(field, words.of(field)));
  if (version.as === "nibbles") return `${word >> 12}.${word >> 8 & 0xf}.${word & 0xff}`;
  return version.as === "letter" && word < 26 ? `${String.fromCharCode(65 + word)}${revision}` : `${word}.${revision}`;
}

/** Problems of an old firmware, one sentence for each part of the meter. */
export function firmwareProblems({ firmware }: MeterModel, found: Identity["firmware"]): string[] {
  return (["measure", "communication"] as const).flatMap((part) => {
    const [version, text] = [firmware[part], found[part]];
    const min = version?.as === "nibbles" ? version.min : undefined;
    if (min === undefined || text === undefined || !isOlder(text, min.version)) return [];
    return [
      `The firmware of the ${part} module is ${text}; versions before ${min.version} ${min.problem}; update it`,
    ];
  });
}

function isOlder(text: string, min: string): boolean {
  const [found, wanted] = [text, min].map((version) => version.split(".").map(Number));
  const index = wanted?.findIndex((part, index) => part !== found?.[index]) ?? -1;
  return index >= 0 && (found?.[index] ?? 0) < (wanted?.[index] ?? 0);
}
