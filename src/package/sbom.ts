import { createHash } from "node:crypto";
import type { Component } from "./components.ts";

/** The package that a list of components describes. */
export interface PackageIdentity {
  readonly version: string;
  readonly architecture: string;
  readonly commit: string;
  /** Time of the commit, seconds since 1970. */
  readonly epoch: number;
  /** SPDX expression. */
  readonly licence: string;
}

/** Returns the list of components (SBOM) of a package, CycloneDX 1.5. Equal packages give equal lists. */
export function sbom(identity: PackageIdentity, components: readonly Component[]): object {
  const { version, architecture, commit, epoch, licence } = identity;
  const self = `pkg:deb/wattseal@${version}?arch=${architecture}`;
  const sorted = components.toSorted((one, other) => reference(one) < reference(other) ? -1 : 1);
  const used = new Set(sorted.flatMap(({ dependencies }) => dependencies));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${uuidOf(`${self} ${commit}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": self,
        name: "wattseal",
        version,
        licenses: [{ expression: licence }],
        purl: self,
        properties: [{ name: "commit", value: commit }],
      },
    },
    components: sorted.map((component) => ({
      type: "library",
      "bom-ref": reference(component),
      name: component.name,
      version: component.version,
      hashes: [{ alg: "SHA-512", content: sha512Of(component.integrity) }],
      licenses: [{ expression: component.licence }],
      purl: reference(component),
    })),
    dependencies: [
      {
        ref: self,
        dependsOn: sorted.filter(({ name, version }) => !used.has(`${name}@${version}`)).map(reference),
      },
      ...sorted.map((component) => ({
        ref: reference(component),
        dependsOn: sorted.filter(({ name, version }) => component.dependencies.includes(`${name}@${version}`))
          .map(reference),
      })),
    ],
  };
}

function reference({ name, version }: Pick<Component, "name" | "version">): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function sha512Of(integrity: string): string {
  return Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex();
}

/** A UUID of version 8, made from a text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)]
    .join("-");
}
