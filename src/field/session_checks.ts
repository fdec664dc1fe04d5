import { recordFacts, verifyRecord } from "../ocmf/mod.ts";
import { type Assumption, type Facts, type Finding, open, verdictOf } from "./assumption.ts";
import { answerText, stateText } from "./field_meter.ts";
import type { Session } from "./session.ts";

/** Checks that need a test transaction. */
export const sessionChecks: readonly Assumption[] = [
  {
    number: 16,
    text: "The flags at 7002h to 7005h belong to RFID, OCPP, ISO 15118 and PLMN, in this order.",
    check: afterSession(({ second }) => {
      const [, flags] = /"IF"\s*:\s*\[([^\]]*)\]/.exec(textOf(second)) ?? [];
      const expected = ["RFID_PLAIN", "OCPP_RS", "ISO15118_PNC", "PLMN_RING"];
      const found = flags?.split(",").map((flag) => flag.trim().replaceAll('"', "")) ?? [];
      const right = expected.every((flag, index) => found[index] === flag) && found.length === expected.length;
      return verdictOf(right, `1 in each register results in IF ${flags === undefined ? "absent" : `[${flags}]`}`);
    }),
  },
  {
    number: 17,
    text: "6900h returns the tariff text unchanged, including quotes, backslashes and UTF-8.",
    check: afterSession(({ tariffText, tariffTextRead }) =>
      verdictOf(tariffText === tariffTextRead, `written: ${tariffText}; read: ${tariffTextRead}`)
    ),
  },
  {
    number: 18,
    text: "The record escapes quotes and backslashes in the tariff text, so its payload is valid JSON.",
    check: afterSession(({ second, tariffText }) => {
      const [, payload = ""] = textOf(second).split("|");
      try {
        const { TT }: { TT?: unknown } = JSON.parse(payload);
        return verdictOf(TT === tariffText, `TT of the record: ${TT}`);
      } catch {
        return verdictOf(false, `the payload is not JSON: ${payload}`);
      }
    }),
  },
  {
    number: 19,
    text: "The state is READY only when the file is complete.",
    check: afterSession(({ first, second, closingMs }) => {
      const same = first.length === second.length && first.every((byte, index) => byte === second[index]);
      const sizes = `${first.length} bytes at once, ${second.length} two seconds later`;
      return verdictOf(same && second.length > 0, `READY ${Math.round(closingMs)} ms after 'E'; ${sizes}`);
    }),
  },
  {
    number: 20,
    text: "MS of the record, or GS if there is no MS, is the serial number at 5000h.",
    check: afterSession(({ second }, { serialNumber }) => {
      const found = recordFacts(second).serialNumber;
      return verdictOf(found === serialNumber, `record: ${found ?? "none"}; 5000h: ${serialNumber ?? "not read"}`);
    }),
  },
  {
    number: 21,
    text: "The signature of the record is valid for the key at 2600h.",
    check: afterSession(({ second }, { publicKeyDer }) => {
      const { signature, problems } = verifyRecord(second, publicKeyDer);
      return verdictOf(signature === "valid", [signature, ...problems].join("; "));
    }),
  },
  {
    number: 22,
    text: "A second 'E' is refused while the meter holds a record, and changes nothing.",
    check: afterSession(({ secondEnd }) => verdictOf(secondEnd.kind === "refused", answerText(secondEnd))),
  },
  {
    number: 23,
    text: "Writing 0 to 7100h erases the file: the state is NOT_READY.",
    check: afterSession(({ confirmed: { state, size } }) =>
      verdictOf(state === 0, `state ${stateText(state)}, file of ${size} registers`)
    ),
  },
];

function afterSession(check: (session: Session, facts: Facts) => Finding): Assumption["check"] {
  return ({ facts }) =>
    Promise.resolve(facts.session === undefined ? open("needs --transaction") : check(facts.session, facts));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
