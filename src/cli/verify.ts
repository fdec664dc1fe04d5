import {
  explainRecord,
  publicKeyProblem,
  readRecords,
  type RecordInput,
  type Verification,
  verifyRecords,
} from "../ocmf/mod.ts";
import { fileProblem } from "../base/file_problem.ts";
import { explanationText } from "./explanation_text.ts";
import { exitCode, type Io } from "./io.ts";
import { readFileBytes } from "./read_bytes.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What the command was asked for. */
export interface VerifyArguments {
  /** Path, or `-` or nothing for standard input. */
  readonly file?: string | undefined;
  /** Checks all signatures instead of the keys that come with the records. */
  readonly publicKey?: string | undefined;
  /** One JSON object a line instead of an explanation. */
  readonly json: boolean;
}

/**
 * Checks the records of a file.
 * @returns 0: every signature valid and no session violated; 1: otherwise; 2: no record found or file unreadable.
 */
export async function verify(args: VerifyArguments, io: Pick<Io, "readInput" | "out" | "err">): Promise<number> {
  const problem = args.publicKey === undefined ? undefined : publicKeyProblem(args.publicKey);
  if (problem !== undefined) {
    // The records are judged all the same: whoever counts on a line for each gets it, and none is valid.
    io.err(lines(`--public-key: ${problem}; give the meter's key in hex, base64 or PEM`));
  }
  const source = args.file === undefined || args.file === "-" ? "standard input" : args.file;
  let bytes: Uint8Array;
  try {
    bytes = source === args.file ? await readFileBytes(source) : await io.readInput();
  } catch (error) {
    io.err(lines(`Cannot read ${source}: ${fileProblem(error)}`));
    return exitCode.usage;
  }
  const inputs = readRecords(bytes);
  if (inputs.length === 0) {
    io.err(
      lines(
        `Cannot verify ${source}: no record found in its ${bytes.length} bytes, ` +
          "expected an OCMF text, an OcmfResult, S.A.F.E. XML, JSON lines, or what tx stop and journal print with --json",
      ),
    );
    return exitCode.usage;
  }
  const verifications = verifyRecords(inputs, args.publicKey);
  verifications.forEach((verification, index) => {
    const input = inputs[index];
    if (input !== undefined) {
      io.out(args.json ? jsonLine(verdict(input, verification)) : lines(...explanation(input, verification, index)));
    }
  });
  const left = inputs.length - verifications.length;
  if (left > 0) {
    io.err(lines(`Stopped in ${source}: too many records cannot be read; ${left} more are not checked`));
    return exitCode.failed;
  }
  return verifications.every(isAcceptable) ? exitCode.done : exitCode.failed;
}

function isAcceptable(verification: Verification): boolean {
  return verification.signature === "valid" && verification.session !== "violated";
}

function verdict({ id }: RecordInput, { signature, session, key, problems }: Verification): Record<string, unknown> {
  return { ...(id === undefined ? {} : { id }), signature, session, key, problems };
}

function explanation(input: RecordInput, verification: Verification, index: number): string[] {
  const title = `Record ${index + 1}${input.id === undefined ? "" : ` (${input.id})`}`;
  return [title, ...explanationText(explainRecord(input.ocmf, verification)), ""];
}
