import { countText } from "../base/text.ts";
import { errorText } from "../base/log.ts";
import { askService } from "../control/mod.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Checks whether the service runs and answers. */
export async function checkService({ settings: { stateDir }, servicePid }: Examined): Promise<readonly Finding[]> {
  const findings = new Findings("service");
  if (servicePid === undefined) return findings.ok("No service uses the state folder").all;
  try {
    const reply = await askService(stateDir, { command: "health" });
    const problems = reply.ok && Array.isArray(reply["problems"]) ? reply["problems"].length : 0;
    const found = `The service runs (process ${servicePid})`;
    if (problems === 0) findings.ok(`${found}, without problems`);
    else findings.warning(`${found}, with ${countText(problems, "problem")}`, "wattseal health lists them");
  } catch (error) {
    findings.warning(
      `Process ${servicePid} uses the state folder, but does not answer: ${errorText(error)}`,
      "see its log",
    );
  }
  return findings.all;
}
