const timeout = "timeout: 60";

/**
 * A configuration of nats-server that waits longer for the user and the certificate of a client. After its default of
 * 2 s, it closes the connection of a test that stalls during its first messages. A list of users stays as it is.
 */
export function patientConfig(config: string): string {
  if (/\busers\b/.test(config)) return config;
  const text = config.replaceAll(/^( *)(authorization|tls)(:? *)\{(?! *users)/gm, `$1$2$3{ ${timeout}, `);
  return /^ *authorization\b/m.test(outermost(config)) ? text : `${text}\nauthorization { ${timeout} }\n`;
}

/** The configuration without the content of its braces. */
function outermost(config: string): string {
  const outer = config.replaceAll(/\{[^{}]*\}/g, "");
  return outer === config ? config : outermost(outer);
}
