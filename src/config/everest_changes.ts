import { stringify } from "yaml";
import type { EverestModule } from "./everest_file.ts";

/** An imported meter: the id of its module, and its name in the result. */
interface ImportedMeter {
  readonly id: string;
  readonly name: string;
}

/**
 * What has to be changed in the EVerest configuration so that EVerest gets the meters from `wattseal everest`, and the
 * configuration of that command.
 *
 * @param lines ids of the modules of the imported lines
 * @param rest the modules that stay in EVerest
 */
export function everestChanges(
  meters: readonly ImportedMeter[],
  lines: readonly string[],
  rest: readonly (readonly [id: string, module: EverestModule])[],
): string[] {
  const modules = Object.fromEntries(meters.map(({ id }) => [id, { module: "powermeter_API" }]));
  const own = { site: "everest", meters: meters.map(({ id, name }) => ({ meter: name, module_id: id })) };
  return [
    "In the EVerest configuration, replace these modules. Their ids stay, and so do the connections to them, because " +
    "powermeter_API provides main, too. Remove their settings and their connection modbus:",
    ...indented({ active_modules: modules }),
    ...lines.map((id) => lineChange(id, rest)),
    "The configuration of wattseal everest, which connects both (docs/everest.md):",
    ...indented(own),
  ];
}

/** Two processes must not open one port. */
function lineChange(line: string, rest: readonly (readonly [id: string, module: EverestModule])[]): string {
  const users = rest.filter(([, { connections }]) =>
    Object.values(connections ?? {}).some((peers) => peers?.some(({ module_id: id }) => id === line))
  );
  if (users.length === 0) return `In the EVerest configuration, remove ${line}: the service opens its port.`;
  const names = users.map(([id]) => id).join(", ");
  return `In the EVerest configuration, remove ${line} and what uses it (${names}): the service opens its port.`;
}

function indented(value: object): string[] {
  return stringify(value).trimEnd().split("\n").map((line) => `  ${line}`);
}
