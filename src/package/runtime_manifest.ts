/** The parts of `deno.json` that the package uses. */
export interface ProjectConfig {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly imports: Readonly<Record<string, string>>;
}

/** Returns the module specifiers in a source file, of static, dynamic and type imports. */
export function importedSpecifiers(source: string): string[] {
  const found = source.matchAll(
    /^(?:import|export|\})[^"\n]*? from "([^"\n]+)"|^import "([^"\n]+)"|import\("([^"\n]+)"\)/gm,
  );
  return [...found].map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "");
}

/**
 * Selects the entries of `imports` that the sources use.
 *
 * @throws {Error} a source imports a package without an entry
 */
export function usedImports(
  imports: Readonly<Record<string, string>>,
  sources: Iterable<string>,
): Record<string, string> {
  const used = new Set<string>();
  for (const specifier of [...sources].flatMap(importedSpecifiers)) {
    if (/^(\.{1,2}\/|\/|node:)/.test(specifier)) continue;
    const key = Object.keys(imports).find((name) =>
      name.endsWith("/") ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`)
    );
    if (key === undefined) throw new Error(`A source imports ${specifier}, which "imports" of deno.json does not name`);
    used.add(key);
  }
  return Object.fromEntries(Object.entries(imports).filter(([name]) => used.has(name)));
}

/** Returns the `deno.json` of the installed program. */
export function runtimeConfig(project: ProjectConfig, imports: Readonly<Record<string, string>>): object {
  return {
    name: project.name,
    version: project.version,
    license: project.license,
    exports: "./src/cli/main.ts",
    nodeModulesDir: "manual",
    imports,
    lock: { path: "deno.lock", frozen: true },
  };
}
