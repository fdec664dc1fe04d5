import { meterPublications, Subjects } from "../contract/mod.ts";
import { neededRights, removalRight, responsesText, type Rights, streamKinds } from "../nats/mod.ts";
import type { SitePlace } from "./site_sources.ts";

/** Options of the configuration of an edge server. */
export interface EdgeConfigOptions extends SitePlace {
  /** Leaf node addresses of the hub, with user and password unless there is a credentials file. */
  readonly leafUrls: readonly string[];
  /** Whether `leaf.creds` is in the same folder as the configuration. */
  readonly hasCredentials: boolean;
  /** Address to which the service of the site connects. */
  readonly listen: string;
  /** Folder of the streams. */
  readonly storeDir: string;
  /** Passwords of the users on the edge server itself. */
  readonly passwords: { readonly node: string; readonly administrator: string };
}

/** Returns the configuration of the edge server of a site: a leaf node of the hub with its own JetStream domain. */
export function edgeConfig(options: EdgeConfigOptions): string {
  const { prefix, site, domain, leafUrls, hasCredentials, listen, storeDir, passwords } = options;
  const everySite = new Subjects(prefix, "*");
  const published = Object.keys(meterPublications);
  const { publish, ...others } = neededRights("node", {
    prefix,
    site,
    inboxPrefix: `_INBOX_${site}`,
    creates: streamKinds,
  });
  // The streams here have the states of this site alone
  const rights = { publish: [...publish, removalRight({ prefix })], ...others };
  return `# The edge server of the site ${site}. It stores the streams of the site, also while the link to the hub is down.
# Start it in this folder: nats-server -c edge.conf

server_name: ${quoted(domain)}
listen: ${quoted(listen)}

jetstream: {
  store_dir: ${quoted(storeDir)}
  # The hub finds the streams of this site by this domain.
  domain: ${quoted(domain)}
  # Without this limit, JetStream uses up to three quarters of the disk. Leave space for state_dir of the service.
  # max_file_store: 20GB
}

leafnodes: {
  # Seconds between attempts to connect.
  reconnect: 2
  remotes: [
    {
      urls: [${leafUrls.map(quoted).join(", ")}]
${
    hasCredentials
      ? '      credentials: "leaf.creds"\n'
      : ""
  }      # With TLS: the authorities of the hub's certificate, unless the system trusts them.
      # tls: { ca_file: "/etc/nats/hub-ca.pem" }
      account: WATTSEAL
      # Do not import what nodes publish: otherwise the streams here would store messages of other sites.
      deny_imports: [${published.map((suffix) => quoted(everySite.of("*", suffix))).join(", ")}]
    }
  ]
}

accounts: {
  WATTSEAL: {
    jetstream: enabled
    users: [
      { user: ${quoted(site)}, password: ${quoted(passwords.node)}, permissions: ${permissions(rights)} }
      { user: administrator, password: ${quoted(passwords.administrator)} }
    ]
  }
}

# A dead link to the hub is detected after about half a minute.
ping_interval: "10s"
ping_max: 2
write_deadline: "10s"
`;
}

function permissions({ publish, subscribe, allowResponses }: Rights): string {
  const list = (subjects: readonly string[]) => `{ allow: [${subjects.map(quoted).join(", ")}] }`;
  const responses = allowResponses === undefined ? "" : `\n        allow_responses: ${responsesText(allowResponses)}`;
  return `{
        publish: ${list(publish)}
        subscribe: ${list(subscribe)}${responses}
      }`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
