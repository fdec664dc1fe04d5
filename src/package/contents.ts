/** The folder of the program on a station. */
export const programFolder = "usr/lib/wattseal";
/** The folder of documents on a station. */
export const documentFolder = "usr/share/doc/wattseal";

/** From a file of the project to its place on a station; the first row that fits counts. */
const places: readonly (readonly [from: RegExp, to: string | undefined])[] = [
  // The pages are bundled when the package is built
  [/^src\/(?:package|bundle|page)\//, undefined],
  [/^((?:src|bridge)\/.+\.ts|LICENSE)$/, `${programFolder}/app/$1`],
  [/^config\/debian\/wattseal\.sh$/, "usr/bin/wattseal"],
  [/^config\/debian\/site\.yaml$/, "etc/wattseal/site.yaml"],
  [
    /^config\/systemd\/((?:[^/]+\.d\/[^/]+\.conf)|(?:[^/]+\.(?:service|socket|target|timer|slice|path)))$/,
    "usr/lib/systemd/system/$1",
  ],
  [/^config\/udev\/([^/]+\.rules)$/, "usr/lib/udev/rules.d/$1"],
  [/^config\/((?:everest\.)?schema\.json)$/, "usr/share/wattseal/$1"],
  [/^config\/((?:nats\/.+|[^/]+)\.(?:yaml|conf))$/, `${documentFolder}/examples/$1`],
  [/^docs\/(examples\/[^/]+\.(?:md|py|ts))$/, `${documentFolder}/$1`],
  [/^config\/(monitoring\/.+\.(?:yaml|json))$/, `${documentFolder}/$1`],
  [/^(?:docs\/)?((?:CHANGELOG|[a-z_-]+)\.md)$/, `${documentFolder}/$1`],
];

/** The folder of the bundled pages on a station. */
export const bundleFolder = `${programFolder}/app/page`;

/** Links of the package, with what they point at: the examples name the schema beside them. */
export const links: readonly (readonly [link: string, target: string])[] = [
  [`${documentFolder}/examples/schema.json`, "../../../wattseal/schema.json"],
];

/** Returns the place of a project's file on a station, or undefined if it is not installed. */
export function installedPath(file: string): string | undefined {
  const [from, to] = places.find(([from]) => from.test(file)) ?? [];
  return from === undefined || to === undefined ? undefined : file.replace(from, to);
}

/** Whether a file of the project is a source of the installed program. */
export function isInstalledSource(file: string): boolean {
  return file.endsWith(".ts") && installedPath(file)?.startsWith(`${programFolder}/`) === true;
}

/** Whether a file of the project makes a package of the program: a unit, a rule for devices, a maintainer script. */
export function isPackaging(file: string): boolean {
  return /^config\/(?:debian|systemd|udev)\//.test(file);
}

/**
 * Returns the files of a package: the program of one checkout, with the packaging of another.
 *
 * @param program all files of the first
 * @param packaging all files of the second
 */
export function packagedFiles(program: readonly string[], packaging: readonly string[]): string[] {
  return [...program.filter((file) => !isPackaging(file)), ...packaging.filter(isPackaging)].toSorted();
}

/** Whether a file of the package is a program. */
export function isProgram(path: string): boolean {
  return ["usr/bin/wattseal", `${programFolder}/deno`].includes(path) || /^DEBIAN\/(pre|post)(inst|rm)$/.test(path);
}
