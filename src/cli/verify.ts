import {
  explainRecord,
  publicKeyProblem,
  readRecords,
  type RecordInput,
  type Verification,
  verifyRecords,
} from "../ocmf/mod.ts";
import { fileProblem } from "../base/file_problem.ts";
import { joinedSessions } from "./joined_sessions.ts";
import { explanationText } from "./explanation_text.ts";
import { exitCode, type Io } from "./io.ts";
import { readFileBytes } from "./read_bytes.ts";
import { availableWidth, type RecordRow, recordRow, recordTable, verdictSummary, verdictText } from "./record_table.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** Arguments of the command. */
export interface VerifyArguments {
  /** Path; `-` or undefined for standard input. */
  readonly file?: string | undefined;
  /** Used for all signatures instead of the keys in the records. */
  readonly publicKey?: string | undefined;
  /** Prints one JSON object per line instead of a table. */
  readonly json: boolean;
  /** Explains each record instead of a table. */
  readonly full?: boolean;
}

/**
 * Verifies the records in a file.
 * @returns 0 every signature is valid and no session is violated, 1 otherwise, 2 no record was found or the file cannot
 * be read
 */
export async function verify(
  args: VerifyArguments,
  io: Pick<Io, "readInput" | "out" | "err" | "terminalSize">,
): Promise<number> {
  const problem = args.publicKey === undefined ? undefined : publicKeyProblem(args.publicKey);
  if (problem !== undefined) {
    // Continue: a program that expects one line for each record gets it. No record is valid.
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
          "expected an OCMF text, an OcmfResult, S.A.F.E. XML, a message of OCPP, JSON lines, or the output of tx stop " +
          "or journal with --json",
      ),
    );
    return exitCode.usage;
  }
  const verifications = verifyRecords(inputs, args.publicKey);
  const verified = verifications.flatMap((verification, index) => {
    const input = inputs[index];
    return input === undefined ? [] : [{ input, verification }];
  });
  if (args.json) {
    // The schemas of the contract are loaded only here: the table needs none
    const { sessionField, sessionPayload } = await import("../contract/mod.ts");
    const joined = joinedSessions(inputs);
    for (const { input, verification } of verified) {
      const { session: derived } = sessionField(input.ocmf);
      const whole = joined.get(input);
      io.out(jsonLine({
        ...verdict(input, verification),
        ...(derived !== undefined && { derived_session: derived }),
        ...(whole !== undefined && { joined_session: sessionPayload(whole) }),
      }));
    }
  } else if (args.full === true) {
    verified.forEach(({ input, verification }, index) => io.out(lines(...explanation(input, verification, index))));
  } else {
    for (const line of recordTable(verified.map(rowOf), availableWidth(io))) io.out(lines(line));
  }
  if (!args.json) io.out(lines(summary(verifications, args.full === true)));
  const left = inputs.length - verifications.length;
  if (left > 0) {
    io.err(lines(`Stopped in ${source}: too many records cannot be read; ${left} more were not verified`));
    return exitCode.failed;
  }
  return verifications.every(isAcceptable) ? exitCode.done : exitCode.failed;
}

function rowOf(
  { input: { id, ocmf }, verification }: { input: RecordInput; verification: Verification },
  index: number,
): RecordRow {
  const transactionId = id === undefined ? undefined : String(id);
  return recordRow({ number: String(index + 1), transactionId, ocmf, verification });
}

function summary(verifications: readonly Verification[], isFull: boolean): string {
  const isExplained = isFull || verifications.every(({ problems }) => problems.length === 0);
  return verdictSummary(verifications.map(verdictText)) + (isExplained ? "" : "; --full shows the problems");
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
