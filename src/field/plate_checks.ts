import { decodeField, type Field, registers, wordsOf } from "../meter/mod.ts";
import { exceptions, maxRequestWords } from "../modbus/mod.ts";
import { type Assumption, differs, type FieldContext, type Finding, holds, open, verdictOf } from "./assumption.ts";
import { type Answer, answerText, numberIn, registerText, valueText } from "./field_meter.ts";

const firmwareAt = 0x0302;
const serialNumber = { at: 0x5000, words: 7 } as const;
const productionYear = { withOcmf: 0x5007, others: 0x5010 } as const;
const liveWords = 52;
/** No document of any series lists this register. */
const unknownAt = 0x9ff0;

/** What a meter reports about itself, and how it handles requests. */
export const plateChecks: readonly Assumption[] = [
  {
    number: 1,
    text: "The identification code at 000Bh can be read alone.",
    async check({ meter, facts }) {
      const answer = await meter.tryRead(registers.identificationCode.at, 1);
      if (answer.kind !== "answered") return differs(answerText(answer));
      facts.code = numberIn(answer.bytes);
      return holds(`code ${facts.code}`);
    },
  },
  {
    number: 2,
    text: "A read of several registers that includes 000Bh returns a different value than the identification code.",
    async check({ meter, facts }) {
      const answer = await meter.tryRead(registers.identificationCode.at - 1, 2);
      if (answer.kind !== "answered") return open(`2 registers at 000Ah: ${answerText(answer)}`);
      const inBlock = numberIn(answer.bytes.subarray(2));
      return verdictOf(inBlock !== facts.code, `in a block ${inBlock}, alone ${facts.code ?? "not read"}`);
    },
  },
  {
    number: 3,
    text: "The firmware registers 0302h and 0303h can each be read alone.",
    async check({ meter }) {
      const [both, first, second] = [
        await meter.tryRead(firmwareAt, 2),
        await meter.tryRead(firmwareAt, 1),
        await meter.tryRead(firmwareAt + 1, 1),
      ];
      const observed = `in one request: ${valueText(both)}; 0302h: ${valueText(first)}; 0303h: ${valueText(second)}`;
      return verdictOf([first, second].every(({ kind }) => kind === "answered"), observed);
    },
  },
  {
    number: 4,
    text: "The serial number at 5000h is a text in seven registers; a meter with OCMF has two characters per register.",
    async check(context) {
      const { meter, mask, facts } = context;
      const answer = await meter.tryRead(serialNumber.at, serialNumber.words);
      if (answer.kind !== "answered") return differs(answerText(answer));
      const packed = textIn(answer.bytes, "char");
      const single = textIn(answer.bytes, "lowChar");
      const isPacked = packed.length > 1 && /^[\x20-\x7e]+$/.test(packed);
      facts.serialNumber = isPacked ? packed : single;
      mask.hide(facts.serialNumber);
      const observed = `${facts.serialNumber}, ${isPacked ? "two characters" : "one character"} per register`;
      return verdictOf(isPacked || !await hasOcmf(context), observed);
    },
  },
  {
    number: 5,
    text: "The production year is at 5007h on a meter with OCMF, and at 5010h or missing on others.",
    async check(context) {
      const { meter } = context;
      const [first, second] = [
        await meter.tryRead(productionYear.withOcmf, 1),
        await meter.tryRead(productionYear.others, 1),
      ];
      const observed = `5007h: ${valueText(first)}; 5010h: ${valueText(second)}`;
      return await hasOcmf(context) ? verdictOf(isYear(first), observed) : verdictOf(!isYear(first), observed);
    },
  },
  {
    number: 6,
    text: "A meter with OCMF returns 52 registers of live values at 0000h in one request.",
    async check(context) {
      const found = await oneRequest(context, 0x0000, liveWords);
      return await hasOcmf(context) ? found : open(found.observed);
    },
  },
  {
    number: 7,
    text: "One request can read 125 registers.",
    async check(context) {
      if (!await hasOcmf(context)) return open("the meter has no OCMF registers");
      return await oneRequest(context, registers.transaction.tariffText.at, maxRequestWords.read);
    },
  },
  {
    number: 8,
    text: "A read of a missing register is refused with exception 2.",
    async check({ meter }) {
      const answer = await meter.tryRead(unknownAt, 1, 1);
      const right = answer.kind === "refused" && answer.exception === exceptions.illegalAddress;
      return verdictOf(right, `${registerText(unknownAt)}: ${valueText(answer)}`);
    },
  },
];

/** Whether the meter has OCMF registers; read only once. */
export async function hasOcmf({ meter, facts }: FieldContext): Promise<boolean> {
  if (facts.ocmf === undefined) {
    const asked = [
      await meter.tryRead(registers.signatureType.at, 1),
      await meter.tryRead(registers.transaction.ocmfState.at, 1),
    ];
    facts.ocmf = asked.every(({ kind }) => kind === "answered");
  }
  return facts.ocmf;
}

async function oneRequest({ meter }: FieldContext, address: number, words: number): Promise<Finding> {
  const answer = await meter.tryRead(address, words);
  return verdictOf(answer.kind === "answered", `${words} registers at ${registerText(address)}: ${answerText(answer)}`);
}

function textIn(bytes: Uint8Array, as: "char" | "lowChar"): string {
  const field: Field = { ...serialNumber, as };
  return String(decodeField(field, bytes.subarray(0, wordsOf(field) * 2))).trim();
}

function isYear(answer: Answer): boolean {
  if (answer.kind !== "answered") return false;
  const year = numberIn(answer.bytes);
  return year >= 2000 && year < 2100;
}
