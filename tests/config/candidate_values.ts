import * as z from "zod";

/** Values of every type, and forms of the texts in a configuration. */
const common: readonly unknown[] = [
  ...[null, true, false, "true", "", " ", "a", "a b", "a.b", "a..b", "_a", "a\u00e4", -1, 0, 1, 2, 1.5, 9600, 1e9],
  ...[{}, [], ["a"], "9600", "none", "$a", "$${a}", "${UNKNOWN_VARIABLE}"],
  ...[
    "unix:/run/a",
    "unix:",
    "tcp://h:1",
    "tcp://h:0",
    "tcp://h:65536",
    "tcp://h",
    "tcp:h:1",
    "modbus-tcp://[::1]:502",
  ],
  ...["h:4222", "h:00080", "h:65535", "tls://h", "nats://user@h", "nats://h:", "[fe80::1]:1", "::1", "h/a"],
  ...[
    "Europe/Berlin",
    "Europe/Atlantis",
    "127.0.0.1:9464",
    "10.0.0.1",
    "10.0.0.0/33",
    "fd00::/8",
    ["10.0.0.1"],
    "/a",
    "/a/",
    "/..",
  ],
];

/** Values for a key: those that are allowed, those beside the limits, and those of other types. */
export function candidateValues(schema: z.ZodType): readonly unknown[] {
  const { minimum, maximum, enum: values = [] } = z.toJSONSchema(schema, { io: "input" });
  const limits = [minimum, maximum].flatMap((limit) => limit === undefined ? [] : [limit - 1, limit, limit + 1]);
  return [...common, ...limits, ...values];
}

/** The candidates that are allowed. */
export function allowedValues(schema: z.ZodType): readonly unknown[] {
  return candidateValues(schema).filter((value) => schema.safeParse(value).success);
}
