import type { Component } from "./components.ts";

/** The file name of a component's licence. */
export function licenceFile({ name, version }: Pick<Component, "name" | "version">): string {
  return `${name.replaceAll("/", "+")}@${version}.txt`;
}

/** Returns Debian's file `copyright`: who owns which part, and under which licence. */
export function copyright(components: readonly Component[]): string {
  const paragraphs = components.toSorted((one, other) => licenceFile(one) < licenceFile(other) ? -1 : 1)
    .map((component) => [
      `Files: /usr/lib/wattseal/${component.folder}${component.folder.includes("/") ? "/*" : ""}`,
      `Copyright: ${copyrightLine(component)}`,
      `License: ${component.licence}`,
      ` /usr/share/doc/wattseal/licences/${licenceFile(component)}`,
      "",
    ]);
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: wattseal",
    "",
    "Files: *",
    "Copyright: the Wattseal authors",
    "License: Apache-2.0",
    " /usr/lib/wattseal/app/LICENSE",
    "",
    ...paragraphs.flat(),
  ].join("\n");
}

function copyrightLine({ licenceText, name }: Component): string {
  const line = licenceText.split("\n").find((text) => /^\W*copyright (?!notice|license)\S/i.test(text));
  return line?.replace(/^\W*copyright\s*/i, "").trim() ?? `the authors of ${name}`;
}
