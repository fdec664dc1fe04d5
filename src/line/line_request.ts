import { hex } from "../base/hex.ts";
import { countText } from "../base/text.ts";
import { answerBytes, type AnswerShape, requestBytes } from "../modbus/mod.ts";
import { type WireSettings, wireTimeMs } from "../../bridge/mod.ts";

/** One request on a line, as it goes from the caller down to the Modbus client. */
export interface LineRequest {
  readonly unit: number;
  /** 4: read input registers, 16: write registers. */
  readonly function: 4 | 16;
  readonly address: number;
  readonly words: number;
  /** The words that function 16 writes, two bytes each; absent in a read. */
  readonly bytes?: Uint8Array;
  /** False: it is sent only once. */
  readonly repeatable: boolean;
}

/** Shape of the answer to the request. */
export function answerShape({ unit, function: code, words }: LineRequest): AnswerShape {
  return { unit, code, length: answerBytes(code, words) };
}

/** Duration of request and answer on the wire, in milliseconds. */
export function wireMs({ function: code, words }: LineRequest, wire: WireSettings): number {
  return wireTimeMs(wire, requestBytes(code, words) + answerBytes(code, words));
}

/** The request as text: `reading 52 words at 0000h from unit 3 on line rs485-1`. */
export function requestText(line: string, request: LineRequest): string {
  const { unit, address, words } = request;
  const [doing, side] = request.function === 4 ? ["reading", "from"] : ["writing", "to"];
  return `${doing} ${countText(words, "word")} at ${hex(address)}h ${side} unit ${unit} on line ${line}`;
}
