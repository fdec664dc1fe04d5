/** Answers each request on a subject with its own body. Arguments: server and subject; prints `connected`. */
import { connect } from "nats";

const [servers = "", subject = ""] = Deno.args;
const client = await connect({ servers });
client.subscribe(subject, { callback: (_error, message) => void message.respond(message.data) });
await client.flush();
Deno.stdout.writeSync(new TextEncoder().encode("connected\n"));
await client.closed();
