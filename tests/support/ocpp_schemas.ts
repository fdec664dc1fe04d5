import { Ajv, type ValidateFunction } from "ajv";
import { join } from "node:path";

/**
 * The package with the JSON schemas of OCPP, as CitrineOS uses them. Its archive has 370 kB. As an import it would also
 * bring 70 MB of dependencies, and because of the lock every start of the program in a new checkout would download them.
 */
const source = {
  package: "@citrineos/base@1.8.2",
  archive: "citrineos-base-1.8.2.tgz",
  sha512: "WFmBEonXMsdn917r+tT1+MpcMtJA8NOO5w4QZznauvu3b9Jfs2k0zHwF2sPX0NEBl5J2acyBD/gtmE2BRKx4fg==",
};

const messages = {
  transactionEvent: "2.0.1/schemas/TransactionEventRequest.json",
  meterValues: "2.0.1/schemas/MeterValuesRequest.json",
  stopTransaction16: "1.6/schemas/StopTransactionRequest.json",
  meterValues16: "1.6/schemas/MeterValuesRequest.json",
} as const;

/** Checks of messages, by name. */
export type OcppSchemas = Readonly<Record<keyof typeof messages, ValidateFunction>>;

/**
 * Returns the schemas of CitrineOS as checks. The first call on a machine downloads them with npm into
 * `~/.cache/wattseal`.
 *
 * @throws {Error} the download failed, or its checksum is not the pinned one
 */
export async function readOcppSchemas(): Promise<OcppSchemas> {
  const archive = await findArchive();
  // The schemas have keywords of code generators, and those of two versions have the same id
  const read = async (path: string) =>
    new Ajv({ strict: false, formats: { "date-time": isDateTime } }).compile(
      JSON.parse(await run("tar", ["-xzOf", archive, `package/dist/ocpp/model/${path}`])),
    );
  return {
    transactionEvent: await read(messages.transactionEvent),
    meterValues: await read(messages.meterValues),
    stopTransaction16: await read(messages.stopTransaction16),
    meterValues16: await read(messages.meterValues16),
  };
}

function isDateTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

async function findArchive(): Promise<string> {
  const cache = join(
    Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? Deno.cwd(), ".cache"),
    "wattseal",
  );
  const cached = join(cache, source.archive);
  if (await isPinned(cached)) return cached;
  await Deno.mkdir(cache, { recursive: true });
  // The last step is a rename within one file system: other processes never see a partial file
  const work = await Deno.makeTempDir({ dir: cache, prefix: "fetch-" });
  try {
    await run("npm", ["pack", source.package, "--pack-destination", work]);
    const packed = join(work, source.archive);
    if (!await isPinned(packed)) throw new Error(`npm delivered ${source.package} with an unknown checksum`);
    await Deno.rename(packed, cached);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return cached;
}

async function isPinned(path: string): Promise<boolean> {
  try {
    const digest = await crypto.subtle.digest("SHA-512", await Deno.readFile(path));
    return new Uint8Array(digest).toBase64() === source.sha512;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) {
    throw new Error(`Cannot read the schemas of OCPP: ${command} ${args.join(" ")}: ${text(stderr).trim()}`);
  }
  return text(stdout);
}
