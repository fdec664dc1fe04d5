import { fileURLToPath } from "node:url";
import { readInstallation } from "./installation.ts";

/** Where the Debian package has the JSON Schema of the configuration. */
const installedSchema = "/usr/share/wattseal/schema.json";

/** The first line of a configuration: it names the JSON Schema, with which editors complete and check the file. */
export function schemaLine({ call } = readInstallation()): string {
  const checkout = new URL("../../config/schema.json", import.meta.url);
  return `# yaml-language-server: $schema=${call === "wattseal" ? installedSchema : fileURLToPath(checkout)}`;
}
