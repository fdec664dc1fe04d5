import { hex } from "../base/hex.ts";
import type { AnswerShape } from "../modbus/mod.ts";
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
  return { unit, code, length: code === 4 ? 5 + 2 * words : 8 };
}

/** Milliseconds that request and answer take on the wire. */
export function wireMs(request: LineRequest, wire: WireSettings): number {
  const requestBytes = request.code === 4 ? 8 : 9 + 2 * request.words;
  return wireTimeMs(wire, requestBytes + answerShape(request).length);
}

/** The request in words: `reading 52 words at 0000h from unit 3 on line rs485-1`. */
export function requestText({ line, unit, code, address, words }: LineRequest): string {
  const [doing, side] = code === 4 ? ["reading", "from"] : ["writing", "to"];
  return `${doing} ${words} ${words === 1 ? "word" : "words"} at ${hex(address)}h ${side} unit ${unit} on line ${line}`;
}
