import { infoOf } from "../base/files.ts";

/** The configuration of the Debian package. */
const path = "/etc/wattseal/site.yaml";

/** The configuration that commands use if none is named; undefined: the package is not installed. */
export function installedConfig(): string | undefined {
  try {
    return infoOf(path) === undefined ? undefined : path;
  } catch {
    // Reading it reports the reason
    return path;
  }
}
