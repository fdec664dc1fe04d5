import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfiguredServer } from "../support/nats_config_file.ts";
import { Probe } from "./probe.ts";

const source = fileURLToPath(new URL("../../config/nats", import.meta.url));

/** How a server differs from its file, besides passwords. */
export interface FileOptions {
  /** Values of the settings at the file's beginning. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A copy of the example files, used as their comments say. */
export class NatsFiles implements AsyncDisposable {
  readonly folder: string;
  readonly #owned = new AsyncDisposableStack();

  private constructor(folder: string) {
    this.folder = folder;
    this.#owned.defer(() => Deno.remove(folder, { recursive: true }));
  }

  static async copy(): Promise<NatsFiles> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
    for (const part of ["rights", "operator"]) await Deno.mkdir(join(folder, part));
    for (const part of ["", "rights"]) {
      for await (const { name, isFile } of Deno.readDir(join(source, part))) {
        if (isFile) await Deno.copyFile(join(source, part, name), join(folder, part, name));
      }
    }
    return new NatsFiles(folder);
  }

  /** Starts a server from a file; it ends with the test. */
  async start(file: string, { settings = {}, env = {} }: FileOptions = {}): Promise<ConfiguredServer> {
    const number = this.#started++;
    const store = join(this.folder, `store-${number}`);
    const own = `started-${number}-${file}`;
    await this.write(own, withSettings(await this.read(file), { STORE: store, ...settings }));
    const server = await ConfiguredServer.start(join(this.folder, own), { ...await this.#passwords(), ...env });
    return this.#owned.use(server);
  }

  /** Replaces a text that stands in a file, everywhere. */
  async replace(file: string, found: string, by: string): Promise<void> {
    const text = await this.read(file);
    assert.ok(text.includes(found), `${file} has no ${found}`);
    await this.write(file, text.replaceAll(found, by));
  }

  /** Adds a site next to berlin-01: its rights, their `include` and its user. */
  async addSite(file: string, kind: "node" | "leaf", site: string): Promise<void> {
    const rights = await this.read(`rights/${kind}-berlin-01.conf`);
    await this.write(`rights/${kind}-${site}.conf`, rights.replaceAll("berlin-01", site));
    const asSite = (line: string) => line.replaceAll("berlin-01", site).replaceAll("BERLIN_01", variableOf(site));
    const lines = (await this.read(file)).split("\n");
    const added = lines.flatMap((line) =>
      /^(include| +\{ user: ).*berlin-01/.test(line) ? [line, asSite(line)] : [line]
    );
    assert.equal(added.length, lines.length + 2);
    await this.write(file, added.join("\n"));
  }

  read(file: string): Promise<string> {
    return Deno.readTextFile(join(this.folder, file));
  }

  async write(file: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.folder, file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #started = 0;

  /** A value for each password that a file takes from the environment. */
  async #passwords(): Promise<Record<string, string>> {
    const passwords: Record<string, string> = {};
    for await (const { name, isFile } of Deno.readDir(this.folder)) {
      if (!isFile) continue;
      for (const [, variable = ""] of (await this.read(name)).matchAll(/\$(\w+_PASSWORD)/g)) {
        passwords[variable] = passwordOf(variable);
      }
    }
    return passwords;
  }
}

/** The value that a test gives to a variable `..._PASSWORD`. */
export function passwordOf(variable: string): string {
  return `secret-of-${variable.toLowerCase()}`;
}

/** Connects as a user of an example file. */
export function probeOf(address: string, user: string, inboxPrefix: string): Promise<Probe> {
  return Probe.connect({
    servers: [address],
    user,
    password: passwordOf(`${variableOf(user)}_PASSWORD`),
    inboxPrefix,
  });
}

/** How the name of a variable spells the name of a user. */
export function variableOf(user: string): string {
  return user.toUpperCase().replaceAll("-", "_");
}

function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).reduce((changed, [name, value]) => {
    const line = new RegExp(`^${name}: ".*"$`, "gm");
    assert.equal(changed.match(line)?.length, 1, `no setting ${name}`);
    return changed.replace(line, `${name}: ${JSON.stringify(value)}`);
  }, text);
}
