import { Buffer } from "node:buffer";
import { pbkdf2Sync } from "node:crypto";
import { join } from "node:path";
import { findDebianProgram } from "../../src/cli/debian_program.ts";
import { endpointOf, freeAddress } from "./own_address.ts";

/** Finds mosquitto, or downloads Debian's package without installing it. @returns `{ reason }`: why there is none */
export async function findMosquitto(): Promise<{ readonly path: string } | { readonly reason: string }> {
  try {
    const path = await findDebianProgram({
      program: "mosquitto",
      package: "mosquitto",
      folder: "usr/sbin",
      website: "https://mosquitto.org/download",
      // It has no option for its version, and its help ends with 3
      probe: { args: ["-h"], code: 3 },
    }, { env: (name) => name === "PATH" ? `${Deno.env.get(name)}:/usr/sbin` : Deno.env.get(name), report: () => {} });
    return { path };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A test that needs mosquitto. Where it cannot be fetched, its name in the list of tests says why. */
export function mosquittoTest(name: string, run: (binary: string) => Promise<void>): void {
  if ("path" in found) Deno.test(name, () => run(found.path));
  else Deno.test({ name: `${name}: not run: ${found.reason}`, ignore: true, fn() {} });
}

const found = await findMosquitto();

/** A real mosquitto with its own address. */
export class Mosquitto implements AsyncDisposable {
  /** `127.20.30.40:4000` */
  readonly address: string;
  readonly #binary: string;
  readonly #folder: string;
  #child: Deno.ChildProcess | undefined;
  #drained: Promise<unknown> = Promise.resolve();

  private constructor(binary: string, folder: string, address: string) {
    this.#binary = binary;
    this.#folder = folder;
    this.address = address;
  }

  /** @param keys more lines of the configuration; `FOLDER` is a folder for files. @default everybody may do everything */
  static async start(
    binary: string,
    keys: (folder: string) => Promise<string> | string = () => "allow_anonymous true",
  ): Promise<Mosquitto> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-mqtt-" });
    const broker = new Mosquitto(binary, folder, freeAddress());
    const { hostname, port } = endpointOf(broker.address);
    const user = Deno.uid() === 0 ? "user root\n" : "";
    const lines = `listener ${port} ${hostname}\n${user}persistence false\nlog_dest stderr\n${await keys(folder)}\n`;
    await Deno.writeTextFile(join(folder, "mosquitto.conf"), lines);
    await broker.restart();
    return broker;
  }

  /** Ends the broker like a crash. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    await this.#drained;
    this.#child = undefined;
  }

  /** Starts the broker again with the same address. What it had stored is lost. */
  async restart(): Promise<void> {
    await this.kill();
    const child = new Deno.Command(this.#binary, {
      args: ["-c", join(this.#folder, "mosquitto.conf")],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    const output = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!/version [\d.]+ running/.test(text)) {
      const { done, value } = await output.read();
      if (done) throw new Error(`Cannot start mosquitto: ${text}`);
      text += value;
    }
    this.#drained = (async () => {
      while (!(await output.read()).done);
    })();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A line of mosquitto's file of passwords. */
export function passwordLine(user: string, password: string): string {
  const salt = Buffer.alloc(12, 7);
  const hash = pbkdf2Sync(password, salt, 101, 64, "sha512");
  return `${user}:$7$101$${salt.toString("base64")}$${hash.toString("base64")}\n`;
}
