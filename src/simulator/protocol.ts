import {
  exceptionAnswer,
  exceptions,
  maxRequestWords,
  readAnswer,
  type RequestFrame,
  writeAnswer,
} from "../modbus/mod.ts";

/** Registers for requests. Methods throw {@linkcode Refusal}. */
export interface Registers {
  read(address: number, words: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
}

/** Function codes of the simulated meters. */
const functions = { readInput: 4, writeMultiple: 16 } as const;

/** The kind of a request. */
export function kindOf(request: RequestFrame): "read" | "write" | "other" {
  if (request.function === functions.readInput) return "read";
  return request.function === functions.writeMultiple ? "write" : "other";
}

/** Returns the answer to a request with its CRC: data, or an exception. */
export function answer(request: RequestFrame, registers: Registers): Uint8Array {
  try {
    return execute(request, registers);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return exceptionAnswer(request.unit, request.function, error.exception);
  }
}

function execute(request: RequestFrame, registers: Registers): Uint8Array {
  const { unit, address, count, data } = request;
  switch (request.function) {
    case functions.readInput:
      if (count < 1 || count > maxRequestWords.read) throw invalidCount(count);
      return readAnswer(unit, functions.readInput, registers.read(address, count));
    case functions.writeMultiple:
      if (count < 1 || count > maxRequestWords.write || data.length !== count * 2) throw invalidCount(count);
      registers.write(address, data);
      return writeAnswer(unit, address, count);
    default:
      throw new Refusal(exceptions.illegalFunction, `Function ${request.function} is not supported`);
  }
}

function invalidCount(words: number): Refusal {
  return new Refusal(exceptions.illegalValue, `${words} registers do not fit in one request`);
}

/** The meter refuses a request and answers with `exception`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly exception: number, message: string) {
    super(message);
  }
}
