import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TlsFiles } from "../nats/tls_files.ts";
import { ConfiguredServer } from "../support/nats_config_file.ts";
import { Probe } from "./probe.ts";

const source = fileURLToPath(new URL("../../config/nats", import.meta.url));

/** Differences of a server from its file. */
export interface FileOptions {
  /** Values of the settings at the start of the file. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of `secrets.conf` besides the passwords. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
}

/** A server that runs in a copy of the folder. */
export interface FileServer {
  readonly process: ConfiguredServer;
  /** Its folder. */
  readonly files: NatsFiles;
}

/** A copy of the example files, used as described in their comments. */
export class NatsFiles implements AsyncDisposable {
  readonly folder: string;
  readonly #owned = new AsyncDisposableStack();

  private constructor(folder: string) {
    this.folder = folder;
    this.#owned.defer(() => Deno.remove(folder, { recursive: true }));
  }

  static async copy(from = source): Promise<NatsFiles> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
    for (const part of ["", "rights", "operator"]) {
      await Deno.mkdir(join(folder, part), { recursive: true });
      if (part === "operator" && from === source) continue;
      for await (const { name, isFile } of Deno.readDir(join(from, part))) {
        if (isFile) await Deno.copyFile(join(from, part, name), join(folder, part, name));
      }
    }
    return new NatsFiles(folder);
  }

  /** Starts a server from a file in a separate folder; it stops with the test. */
  async start(file: string, { settings = {}, env = {}, secrets = {} }: FileOptions = {}): Promise<FileServer> {
    const files = this.#owned.use(await NatsFiles.copy(this.folder));
    const text = withSettings(await files.read(file), { STORE: join(files.folder, "store"), ...settings });
    await files.write(file, text);
    await files.writeSecrets(file, secrets);
    return { process: this.#owned.use(await ConfiguredServer.start(join(files.folder, file), env)), files };
  }

  /** Writes `secrets.conf` with the values that a file and its included files use. */
  async writeSecrets(file: string, others: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
    const used = [...(await this.#whole(file)).matchAll(/\$(\w+_PASSWORD)/g)].map(([, name = ""]) => name);
    const lines = Object.entries({
      ...Object.fromEntries(used.map((name) => [name, passwordOf(name)])),
      ...others,
    }).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
    await this.write("secrets.conf", lines.join(""));
  }

  /** Replaces all occurrences of a text in a file. */
  async replace(file: string, found: string, by: string): Promise<void> {
    const text = await this.read(file);
    assert.ok(text.includes(found), `${file} has no ${found}`);
    await this.write(file, text.replaceAll(found, by));
  }

  /** Enables each commented section `tls` of a file. */
  async useTls(file: string, { caFile, certFile, keyFile }: TlsFiles): Promise<void> {
    const text = await this.read(file);
    const found = text.replaceAll(/# (tls: \{ (?:cert|ca)_file: .*\})/g, "$1");
    assert.notEqual(found, text);
    await this.write(
      file,
      found
        .replaceAll(/cert_file: "[^"]*"/g, `cert_file: "${certFile}"`)
        .replaceAll(/key_file: "[^"]*"/g, `key_file: "${keyFile}"`)
        .replaceAll(/ca_file: "[^"]*"/g, `ca_file: "${caFile}"`),
    );
  }

  /** Adds a site like berlin-01: its permissions, their `include` and its user. */
  async addSite(file: string, kind: "node" | "leaf", site: string): Promise<void> {
    const rights = await this.read(`rights/${kind}-berlin-01.conf`);
    await this.write(`rights/${kind}-${site}.conf`, rights.replaceAll("berlin-01", site));
    const asSite = (line: string) => line.replaceAll("berlin-01", site).replaceAll("BERLIN_01", variableOf(site));
    const lines = (await this.read(file)).split("\n");
    const ofSite = new RegExp(`^(include .*/${kind}-| +\\{ user: "(leaf-)?)berlin-01`);
    const added = lines.flatMap((line) => ofSite.test(line) ? [line, asSite(line)] : [line]);
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

  /** A file together with its included files, without secrets. */
  async #whole(file: string): Promise<string> {
    const text = await this.read(file);
    const included = [...text.matchAll(/^include \.\/(.*)$/gm)].map(([, name = ""]) => name);
    const parts = included.filter((name) => name !== "secrets.conf").map((name) => this.#whole(name));
    return [text, ...await Promise.all(parts)].join("\n");
  }
}

/** The value of a name `..._PASSWORD` in tests. */
export function passwordOf(variable: string): string {
  return `secret-of-${variable.toLowerCase()}`;
}

/** Connects as a user of an example file. */
export function probeOf(
  address: string,
  user: string,
  inboxPrefix: string,
  tls?: { readonly caFile: string },
): Promise<Probe> {
  return Probe.connect({
    servers: [address],
    user,
    password: passwordOf(`${variableOf(user)}_PASSWORD`),
    inboxPrefix,
    ...(tls === undefined ? {} : { tls }),
  });
}

/** The name of a user in the name of a password. */
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
