import { hex } from "../base/hex.ts";
import { countText } from "../base/text.ts";
import { answerBytes, type AnswerShape, requestBytes } from "../modbus/mod.ts";
import { type WireSettings, wireTimeMs } from "../../bridge/mod.ts";

/** One request on a line. */
export interface LineRequest {
  /** The line's name. */
  readonly line: string;
  readonly unit: number;
  /** 4 reads input registers, 16 writes registers. */
  readonly code: 4 | 16;
  readonly address: number;
  readonly words: number;
}

/** What the request's answer looks like. */
export function answerShape({ unit, code, words }: LineRequest): AnswerShape {
  return { unit, code, length: answerBytes(code, words) };
}

/** Milliseconds that request and answer take on the wire. */
export function wireMs({ code, words }: LineRequest, wire: WireSettings): number {
  return wireTimeMs(wire, requestBytes(code, words) + answerBytes(code, words));
}

/** The request in words: `reading 52 words at 0000h from unit 3 on line rs485-1`. */
export function requestText({ line, unit, code, address, words }: LineRequest): string {
  const [doing, side] = code === 4 ? ["reading", "from"] : ["writing", "to"];
  return `${doing} ${countText(words, "word")} at ${hex(address)}h ${side} unit ${unit} on line ${line}`;
}
