interface Rule {
  /** Path of the mapping. */
  readonly section: "nats" | "nats.tls" | "lines[]" | "lines[].meters[]" | "mqtt" | "mqtt.tls";
  /** For messages. */
  readonly allowed: string;
}

/** At most one of several keys is allowed in a mapping. */
export interface AlternativesRule extends Rule {
  readonly kind: "alternatives";
  /** The keys of one entry belong together. */
  readonly alternatives: readonly (readonly string[])[];
  /** Keys that count only if they are true. */
  readonly flags?: readonly string[];
  /** One of them is required; what is found if there is none. */
  readonly absent?: string;
  /** What is found if there are two. */
  readonly found: string;
}

/** Two keys of a mapping require each other. */
export interface PairRule extends Rule {
  readonly kind: "pair";
  readonly pair: readonly [string, string];
}

/** Keys are not allowed in a mapping that has another key. */
export interface ExclusionRule extends Rule {
  readonly kind: "exclusion";
  readonly by: string;
  readonly excluded: readonly string[];
  /** What is found if there is one. */
  readonly found: string;
}

/** A rule about the keys of one mapping. */
export type KeyRule = AlternativesRule | PairRule | ExclusionRule;

/** The two keys for the local time of a meter. */
export const localTimeKeys: readonly string[] = ["timezone_offset_minutes", "time_zone"];

/** All rules about keys of one mapping. The validator and the JSON Schema use them. */
export const keyRules: readonly KeyRule[] = [
  {
    kind: "alternatives",
    section: "nats",
    alternatives: [["credentials_file"], ["user", "password"], ["token"], ["nkey_seed_file"]],
    found: "a second kind of credentials",
    allowed: "one of credentials_file, user with password, token and nkey_seed_file",
  },
  pairRule("nats", "user", "password"),
  pairRule("nats.tls", "cert_file", "key_file"),
  {
    kind: "alternatives",
    section: "lines[]",
    alternatives: [["serial_port"], ["gateway"]],
    absent: "neither serial_port nor gateway",
    found: "both",
    allowed: "exactly one of serial_port and gateway",
  },
  {
    // RTS can have only one use
    kind: "alternatives",
    section: "lines[]",
    alternatives: [["rs485"], ["rts"], ["rtscts"]],
    flags: ["rtscts"],
    found: "a second use of RTS",
    allowed: "one of rs485, rts and rtscts",
  },
  {
    // RTS of a gateway's port is set by the program that opens the port
    kind: "exclusion",
    section: "lines[]",
    by: "gateway",
    excluded: ["rs485", "rts"],
    found: "a setting of a serial port together with gateway",
    allowed: "rs485 and rts only with serial_port; the command bridge has the same options",
  },
  {
    kind: "alternatives",
    section: "lines[].meters[]",
    alternatives: localTimeKeys.map((key) => [key]),
    found: "both",
    allowed: `one of ${localTimeKeys.join(" and ")}`,
  },
];

/** All rules about keys of the file of `everest`; its section `nats` is that of the service. */
export const everestKeyRules: readonly KeyRule[] = [
  ...keyRules.filter(({ section }) => section.startsWith("nats")),
  pairRule("mqtt", "user", "password"),
  pairRule("mqtt.tls", "cert_file", "key_file"),
];

function pairRule(section: PairRule["section"], one: string, other: string): PairRule {
  return { kind: "pair", section, pair: [one, other], allowed: `both ${one} and ${other}, or neither` };
}
