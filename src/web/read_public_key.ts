import { schemas, Subjects } from "../contract/mod.ts";
import type { PublicKeyPayload } from "../contract/mod.ts";
import { findStream, payloadOf, readStream } from "../fleet/mod.ts";
import { apiPrefix, jetstreamOf } from "../nats/mod.ts";
import type { WebParts } from "./web_parts.ts";

/**
 * The last published public key of a meter, from the stream of states; undefined: there is none.
 *
 * @throws {NatsError} the stream cannot be read
 */
export async function readPublicKey(
  { nats, prefix, domain }: Pick<WebParts, "nats" | "prefix" | "domain">,
  site: string,
  meter: string,
): Promise<PublicKeyPayload | undefined> {
  const state = await findStream(await jetstreamOf(nats, domain), prefix, "state");
  if (state === undefined) return undefined;
  const filter = new Subjects(prefix, site).publicKey(meter);
  let last: PublicKeyPayload | undefined;
  await readStream(
    nats,
    { stream: state.config.name, api: apiPrefix(domain), filter, last: true },
    ({ data }) => last = schemas.PublicKey.safeParse(payloadOf(data)).data,
  );
  return last;
}
