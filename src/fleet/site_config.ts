/** Options of the configuration of a service. */
export interface SiteConfigOptions {
  readonly site: string;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Servers for the service. */
  readonly servers: readonly string[];
  /** A user with a password, or a credentials file in the same folder; absent: the server requires no credentials. */
  readonly identity?: { readonly user: string; readonly password: string } | { readonly credentialsFile: string };
  /** Whether the streams, on an edge server, store only this site. */
  readonly isEdge: boolean;
  /** The section `lines` and everything after it. @default one line with one meter, as a placeholder */
  readonly lines?: string | undefined;
}

/** Returns the configuration file of the service of a site. */
export function siteConfig({ site, prefix, servers, identity, isEdge, lines }: SiteConfigOptions): string {
  return `# The service of the site ${site}. All keys: docs/configuration.md
site: ${site}
nats:
  servers: [${servers.map((server) => JSON.stringify(server)).join(", ")}]
${identity === undefined ? "" : identityText(identity)}  # Other users cannot read the replies to this service.
  inbox_prefix: _INBOX_${site}
${prefix === "wattseal" ? "" : `  subject_prefix: ${prefix}\n`}${isEdge ? scopeText : ""}${lines ?? linesText}`;
}

const scopeText = `streams:
  # The streams of the edge server store only this site.
  scope: site
`;

function identityText(identity: NonNullable<SiteConfigOptions["identity"]>): string {
  // An unescaped ${ would start an environment variable.
  const text = (value: string) => JSON.stringify(value).replaceAll("${", () => "$${");
  return "user" in identity
    ? `  user: ${text(identity.user)}\n  password: ${text(identity.password)}\n`
    : `  credentials_file: ${text(identity.credentialsFile)}\n`;
}

const linesText = `# Replace this with the output of the command scan --serial-port PATH
lines:
  - name: rs485-1
    serial_port: /dev/ttyUSB0
    baudrate: 115200
    meters:
      - { name: evse-1, powermeter_device_id: 1 }
`;
