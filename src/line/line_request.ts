import { hex } from "../base/hex.ts";
import { countText } from "../base/text.ts";
import { answerBytes, type AnswerShape, requestBytes } from "../modbus/mod.ts";
import { type WireSettings, wireTimeMs } from "../../bridge/mod.ts";

/** One request on a line. */
export interface LineRequest {
  /** Name of the line. */
  readonly line: string;
  readonly unit: number;
  /** 4: read input registers, 16: write registers. */
  readonly code: 4 | 16;
  readonly address: number;
  readonly words: number;
}

/** Shape of the answer to the request. */
export function answerShape({ unit, code, words }: LineRequest): AnswerShape {
  return { unit, code, length: answerBytes(code, words) };
}

/** Duration of request and answer on the wire, in milliseconds. */
export function wireMs({ code, words }: LineRequest, wire: WireSettings): number {
  return wireTimeMs(wire, requestBytes(code, words) + answerBytes(code, words));
}

/** The request as text: `reading 52 words at 0000h from unit 3 on line rs485-1`. */
export function requestText({ line, unit, code, address, words }: LineRequest): string {
  const [doing, side] = code === 4 ? ["reading", "from"] : ["writing", "to"];
  return `${doing} ${countText(words, "word")} at ${hex(address)}h ${side} unit ${unit} on line ${line}`;
}
