import { recordFacts, verifyRecord } from "../ocmf/mod.ts";
import { type Assumption, type Facts, type Finding, judged, open } from "./assumption.ts";
import { answerText } from "./field_meter.ts";
import { stateText } from "./state_text.ts";
import type { Session } from "./session.ts";

/** What one short transaction shows. */
export const sessionChecks: readonly Assumption[] = [
  {
    number: 16,
    text: "The flags at 7002h to 7005h are those of RFID, OCPP, ISO 15118 and PLMN, in this order.",
    check: afterSession(({ second }) => {
      const [, flags] = /"IF"\s*:\s*\[([^\]]*)\]/.exec(textOf(second)) ?? [];
      const wanted = ["RFID_PLAIN", "OCPP_RS", "ISO15118_PNC", "PLMN_RING"];
      const found = flags?.split(",").map((flag) => flag.trim().replaceAll('"', "")) ?? [];
      const right = wanted.every((flag, index) => found[index] === flag) && found.length === wanted.length;
      return judged(right, `1 in each register gives IF ${flags === undefined ? "absent" : `[${flags}]`}`);
    }),
  },
  {
    number: 17,
    text: "6900h gives the tariff text back as it was written: quotes, backslashes and UTF-8 included.",
    check: afterSession(({ tariffText, tariffTextRead }) =>
      judged(tariffText === tariffTextRead, `written: ${tariffText}; read: ${tariffTextRead}`)
    ),
  },
  {
    number: 18,
    text: "The record escapes quotes and backslashes of the tariff text, so that its payload is JSON.",
    check: afterSession(({ second, tariffText }) => {
      const [, payload = ""] = textOf(second).split("|");
      try {
        const { TT }: { TT?: unknown } = JSON.parse(payload);
        return judged(TT === tariffText, `TT of the record: ${TT}`);
      } catch {
        return judged(false, `the payload is no JSON: ${payload}`);
      }
    }),
  },
  {
    number: 19,
    text: "READY shows only when the file is whole.",
    check: afterSession(({ first, second, closingMs }) => {
      const same = first.length === second.length && first.every((byte, index) => byte === second[index]);
      const sizes = `${first.length} bytes at once, ${second.length} two seconds later`;
      return judged(same && second.length > 0, `READY ${Math.round(closingMs)} ms after 'E'; ${sizes}`);
    }),
  },
  {
    number: 20,
    text: "MS of the record, else GS, is the serial number at 5000h.",
    check: afterSession(({ second }, { serialNumber }) => {
      const found = recordFacts(second).serialNumber;
      return judged(found === serialNumber, `record: ${found ?? "none"}; 5000h: ${serialNumber ?? "not read"}`);
    }),
  },
  {
    number: 21,
    text: "The signature of the record is valid under the key at 2600h.",
    check: afterSession(({ second }, { publicKeyDer }) => {
      const { signature, problems } = verifyRecord(second, publicKeyDer);
      return judged(signature === "valid", [signature, ...problems].join("; "));
    }),
  },
  {
    number: 22,
    text: "A second 'E' is refused while a record waits, and changes nothing.",
    check: afterSession(({ secondEnd }) => judged(secondEnd.kind === "refused", answerText(secondEnd))),
  },
  {
    number: 23,
    text: "Writing 0 to 7100h erases the file: the state is NOT_READY.",
    check: afterSession(({ confirmed: { state, size } }) =>
      judged(state === 0, `state ${stateText(state)}, file of ${size} registers`)
    ),
  },
];

function afterSession(check: (session: Session, facts: Facts) => Finding): Assumption["check"] {
  return ({ facts }) =>
    Promise.resolve(facts.session === undefined ? open("only seen with --transaction") : check(facts.session, facts));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
