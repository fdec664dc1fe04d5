import { parseEnv } from "node:util";
import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, type EverestSettings, loadEverestSettings, meterNames } from "../config/mod.ts";
import type { EverestFile, Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";
import { checkConfigFiles } from "./permissions.ts";

/**
 * Checks the configuration of the command `everest`, in the words of `check-config`, whether the service of this machine
 * has its meters, and whether the user of the service may read it and the files that it names.
 */
export function checkEverest(examined: Examined): readonly Finding[] {
  const findings = new Findings("everest");
  const { everest } = examined;
  if (everest === undefined) return findings.ok("No configuration of everest is installed").all;
  const settings = checkContent(findings, everest, examined);
  if (settings !== "absent") {
    if (settings !== undefined) compareMeters(findings, settings, everest.path, examined);
    const servers = settings === undefined ? [] : [settings.nats, settings.mqtt];
    checkConfigFiles(findings, everest.path, servers, examined);
  }
  return findings.all;
}

/** Values of another site, or of a meter without a service, never arrive. */
function compareMeters(
  findings: Findings,
  everest: EverestSettings,
  path: string,
  { settings, config }: Examined,
): void {
  const [wanted, served] = [everest, settings].map(({ site, nats }) => `${nats.subjectPrefix}.${site}`);
  if (wanted !== served) {
    findings.warning(
      `${path} is for ${wanted}, and the service of this machine serves ${served}`,
      `unless a service on another machine serves ${wanted}, correct site and subject_prefix in ${path}`,
    );
    return;
  }
  const names = meterNames(settings);
  const unknown = everest.meters.map(({ meter }) => meter).filter((meter) => !names.includes(meter));
  if (unknown.length === 0) return;
  findings.problem(
    `${path} names ${unknown.join(", ")}, which ${unknown.length === 1 ? "is" : "are"} not in ${config}`,
    `correct the names; the meters of the service are ${names.join(", ")}`,
  );
}

function checkContent(
  findings: Findings,
  { path, envFile }: EverestFile,
  { env }: Examined,
): EverestSettings | "absent" | undefined {
  const values = valuesIn(envFile);
  const missing = new Set<string>();
  const value = (name: string) => {
    const found = env(name) ?? values?.[name];
    if (found === undefined) missing.add(name);
    return found;
  };
  try {
    const settings = loadEverestSettings(Deno.readTextFileSync(path), { path, env: value });
    findings.ok(`${path} is valid; its meters: ${settings.meters.map(({ meter }) => meter).join(", ")}`);
    return settings;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      findings.problem(`${path} does not exist`, "name the configuration of everest with --everest FILE");
      return "absent";
    }
    if (!(error instanceof ConfigError)) {
      findings.unknown(`Cannot read the configuration ${path}: ${fileProblem(error)}`, "run doctor as root");
    } else if (values === undefined && missing.size > 0) {
      const names = [...missing].join(", ");
      findings.unknown(`Cannot check ${path}: only root may read ${envFile} with ${names}`, "run doctor as root");
    } else {
      const repair = `correct the file, then wattseal check-config --everest ${path}`;
      for (const { message } of error.problems) findings.problem(message, repair);
    }
    return undefined;
  }
}

/** The variables in a file of systemd; undefined: this user may not read it. Only their names matter here. */
function valuesIn(envFile: string | undefined): NodeJS.Dict<string> | undefined {
  try {
    return envFile === undefined ? {} : parseEnv(Deno.readTextFileSync(envFile));
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? {} : undefined;
  }
}
