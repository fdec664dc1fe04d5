import { basename, join } from "node:path";
import { responsesText, type Rights } from "../../src/nats/needed_rights.ts";
import { type NatsServer, startNatsServer } from "./nats_server.ts";

/** Client options of the user with all permissions. */
export const admin = { user: "admin", pass: "p" } as const;

/** The permissions of each user, by name; all have the password `p`. */
export type Users = Readonly<Record<string, Rights>>;

/** A server whose users have the permissions of a test. */
export interface GuardedServer extends AsyncDisposable {
  readonly server: NatsServer;
  readonly address: string;
  /** Changes the permissions. The running server applies them and closes no connection. */
  change(users: Users): Promise<void>;
}

/** Starts the server; `await using` stops it at the end of the test. */
export async function startGuardedServer(users: Users): Promise<GuardedServer> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-users-" });
  const file = join(folder, "users.conf");
  await Deno.writeTextFile(file, usersText(users));
  // A path in a configuration is relative to the folder of its file, which is next to ours
  const server = await startNatsServer({ config: `include "../${basename(folder)}/users.conf"` });
  return {
    server,
    address: server.address,
    change: async (changed) => {
      await Deno.writeTextFile(file, usersText(changed));
      server.reload();
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function usersText(users: Users): string {
  const lines = Object.entries(users).map(([name, rights]) =>
    `  { user: ${name}, password: p, permissions: ${permissionsText(rights)} },\n`
  );
  return `authorization { users: [\n${lines.join("")}  { user: ${admin.user}, password: ${admin.pass} },\n] }\n`;
}

function permissionsText({ publish, subscribe, allowResponses }: Rights): string {
  const list = (subjects: readonly string[]) => `[${subjects.map((subject) => `"${subject}"`).join(", ")}]`;
  const lists = `publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} }`;
  const responses = allowResponses === undefined ? "" : `, allow_responses: ${responsesText(allowResponses)}`;
  return `{ ${lists}${responses} }`;
}
