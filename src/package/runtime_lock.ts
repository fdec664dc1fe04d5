/** One npm package in a lock file. */
export interface LockedPackage {
  readonly integrity: string;
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/** The parts of a `deno.lock` that a project with npm packages has. */
export interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockedPackage>>;
  readonly workspace: { readonly dependencies: readonly string[] };
}

/** The name of a package with its version, such as `@noble/curves@2.4.0`, in parts. */
export function nameAndVersion(id: string): { readonly name: string; readonly version: string } {
  const at = id.indexOf("@", 1);
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

/**
 * Returns the lock of a part of the imports: the same packages with the same checksums, without those that only the
 * other imports need. Deno refuses to start if a locked package is missing, so the installed program needs its own.
 *
 * @throws {Error} the lock does not have an import or a dependency
 */
export function runtimeLock(lock: Lock, imports: Readonly<Record<string, string>>): Lock {
  const specifiers = [...new Set(Object.values(imports).map((target) => target.replace(/^npm:\/?(.+?)\/?$/, "npm:$1")))]
    .toSorted();
  const resolved = specifiers.map((specifier) => {
    const version = lock.specifiers[specifier];
    if (version === undefined) throw new Error(`deno.lock does not have ${specifier}: run deno install --frozen=false`);
    return [specifier, version] as const;
  });
  const needed = new Set<string>();
  const add = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    for (const dependency of dependenciesOf(lock, id)) add(findPackage(lock, dependency));
  };
  for (const [specifier, version] of resolved) add(`${nameAndVersion(specifier.slice("npm:".length)).name}@${version}`);
  const npm = Object.fromEntries(Object.entries(lock.npm).filter(([id]) => needed.has(id)));
  return {
    version: lock.version,
    specifiers: Object.fromEntries(resolved),
    npm: Object.fromEntries(Object.entries(npm).map(([id, entry]) => [id, withShortNames(npm, entry)])),
    workspace: { dependencies: specifiers },
  };
}

function dependenciesOf(lock: Lock, id: string): readonly string[] {
  const { dependencies = [], optionalDependencies = [] } = lock.npm[id] ?? missing(id);
  return [...dependencies, ...optionalDependencies];
}

/** Finds a dependency: a lock names the version only if it has several. */
function findPackage({ npm }: Pick<Lock, "npm">, dependency: string): string {
  if (dependency in npm) return dependency;
  return Object.keys(npm).find((id) => nameAndVersion(id).name === dependency) ?? missing(dependency);
}

function withShortNames(npm: Lock["npm"], entry: LockedPackage): LockedPackage {
  const versions = (name: string) => Object.keys(npm).filter((id) => nameAndVersion(id).name === name).length;
  const short = (dependency: string) => {
    const { name } = nameAndVersion(findPackage({ npm }, dependency));
    return versions(name) === 1 ? name : dependency;
  };
  return {
    ...entry,
    ...(entry.dependencies === undefined ? {} : { dependencies: entry.dependencies.map(short) }),
    ...(entry.optionalDependencies === undefined
      ? {}
      : { optionalDependencies: entry.optionalDependencies.map(short) }),
  };
}

function missing(id: string): never {
  throw new Error(`deno.lock does not have the package ${id}: run deno install --frozen=false`);
}
