import { infoOf } from "../base/files.ts";

/** The configurations of the Debian package. */
const paths = { site: "/etc/wattseal/site.yaml", everest: "/etc/wattseal/everest.yaml" };

/**
 * The configuration that commands use if none is named; undefined: there is none.
 *
 * @param kind that of the service, or of `everest`
 */
export function installedConfig(kind: keyof typeof paths = "site"): string | undefined {
  const path = paths[kind];
  try {
    return infoOf(path) === undefined ? undefined : path;
  } catch {
    // Reading it reports the reason
    return path;
  }
}
