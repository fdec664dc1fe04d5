import { createHash } from "node:crypto";
import { errorText } from "../base/log.ts";
import { fileProblem } from "../base/file_problem.ts";
import { verifyDocument } from "../web/mod.ts";
import { readInstallation, versionText } from "./installation.ts";
import { exitCode, type Io } from "./io.ts";
import { loadPageBundles } from "./page_bundles.ts";
import { lines, unescaped } from "./safe_text.ts";

/**
 * Writes the page that verifies records into one file, which needs no server and no network.
 *
 * @param file path; `-` for standard output
 * @returns 0, or 1 if the page cannot be built or the file cannot be written
 */
export async function exportVerify(file: string, io: Pick<Io, "out" | "err">): Promise<number> {
  const installation = readInstallation();
  const version = versionText(installation);
  let document: ReturnType<typeof verifyDocument>;
  try {
    document = verifyDocument((await loadPageBundles(installation)).verify, version);
  } catch (error) {
    io.err(lines(errorText(error)));
    return exitCode.failed;
  }
  const { html, codeSha256 } = document;
  if (file === "-") {
    io.out(unescaped(html));
    return exitCode.done;
  }
  try {
    await Deno.writeTextFile(file, html);
  } catch (error) {
    io.err(lines(`Cannot write ${file}: ${fileProblem(error)}`));
    return exitCode.failed;
  }
  io.out(lines(
    `${file}: verifies records without a network; version ${version}`,
    `SHA-256 of the file: ${createHash("sha256").update(html).digest("hex")}`,
    `SHA-256 of its code, as the page shows it: ${codeSha256}`,
  ));
  return exitCode.done;
}
