import { hexText } from "../base/hex.ts";
import { decodeField, ocmfStates, registers, wordsOf } from "../meter/mod.ts";
import { isSameKey, publicKeyProblem, verifyLiveMap } from "../ocmf/mod.ts";
import { type Assumption, differs, type FieldContext, type Finding, open, verdictOf } from "./assumption.ts";
import { numberIn, valueText } from "./field_meter.ts";
import { hasOcmf } from "./plate_checks.ts";

/** A larger difference between the meter's clock and this machine's is not caused by the line. */
const clockToleranceS = 5;
/** An earlier time means that the clock was never set: the first EM580 was made later. */
const notBeforeS = Date.UTC(2020, 0, 1) / 1000;

/** Keys, signatures and the clock of a meter with OCMF. */
export const sealChecks: readonly Assumption[] = [
  {
    number: 9,
    text: "The signature type at 24FFh is 0 or 1, and 2500h and 2600h contain the same public key.",
    check: onlyWithOcmf(async ({ meter, facts }) => {
      const type = await meter.number(registers.signatureType.at);
      const keyBits = registers.keySizes.get(type);
      if (keyBits === undefined) return differs(`signature type ${type}`);
      const point = await meter.read(registers.publicKeyPoint.at, registers.publicKeyPoint.words[keyBits]);
      const der = await meter.read(registers.publicKeyDer.at, registers.publicKeyDer.words[keyBits]);
      facts.keyBits = keyBits;
      facts.publicKeyDer = hexText(der);
      const problem = publicKeyProblem(facts.publicKeyDer);
      const same = problem === undefined && isSameKey(facts.publicKeyDer, point.subarray(0, -1).toHex());
      const last = hexText(point.subarray(-1));
      return verdictOf(same, `type ${type}, ${problem ?? `${keyBits} bits`}, last byte of 2500h ${last}h`);
    }),
  },
  {
    number: 10,
    text: "The live map at 0800h ends with r and s, the signature of its first 122 bytes with SHA-256.",
    check: onlyWithOcmf(async ({ meter, facts }) => {
      if (facts.keyBits === undefined || facts.publicKeyDer === undefined) return open("the meter has no usable key");
      const { at, dataWords, signatureWords } = registers.signedMap;
      const map = await meter.read(at, dataWords + signatureWords[facts.keyBits]);
      const [data, signature] = [map.subarray(0, dataWords * 2), map.subarray(dataWords * 2)];
      return verdictOf(
        verifyLiveMap(data.toHex(), signature.toHex(), facts.publicKeyDer),
        `data ${hexText(data)}, signature ${hexText(signature)}`,
      );
    }),
  },
  {
    number: 11,
    text: "The clock at 7032h counts seconds of UTC, and the offset at 7031h is in minutes.",
    check: onlyWithOcmf(async ({ meter }) => {
      const bytes = await meter.read(registers.utc.at, wordsOf(registers.utc));
      const meterS = Number(decodeField(registers.utc, bytes));
      const aheadS = Math.round(meterS - meter.time.now() / 1000);
      const offset = Number(decodeField(registers.timeOffset, await meter.read(registers.timeOffset.at, 1)));
      const observed = `${meterS} s, ${aheadS} s ahead of this machine; offset ${offset} min`;
      if (meterS < notBeforeS) return open(`${observed}: the meter's clock is not set; start the service to set it`);
      return verdictOf(Math.abs(aheadS) <= clockToleranceS && Math.abs(offset) <= 1440, observed);
    }),
  },
  {
    number: 12,
    text: "The time status at 7060h can be read; no source explains its numbers.",
    check: onlyWithOcmf(async ({ meter }) => {
      const answer = await meter.tryRead(registers.timeStatus.at, 1);
      return answer.kind === "answered" ? open(`status ${numberIn(answer.bytes)}`) : differs(valueText(answer));
    }),
  },
  {
    number: 13,
    text: "The OCMF state at 7100h is 0, 1, 2 or 3.",
    check: onlyWithOcmf(async ({ meter }) => {
      const state = await meter.number(registers.transaction.ocmfState.at);
      const size = await meter.number(registers.transaction.ocmfSize.at);
      return verdictOf(state < ocmfStates.length, `state ${state}, file of ${size} registers`);
    }),
  },
];

/** Makes a check open for a meter without OCMF. */
export function onlyWithOcmf(
  check: (context: FieldContext) => Promise<Finding>,
): (context: FieldContext) => Promise<Finding> {
  return async (context) => await hasOcmf(context) ? await check(context) : open("the meter has no OCMF registers");
}
