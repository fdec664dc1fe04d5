import * as z from "zod";
import { brokerForms, brokerPattern, parseBroker } from "./broker_address.ts";
import { logSchema, natsSchema, tlsSchema } from "./file_schema.ts";
import { form, section, text, token, wholeNumber } from "./leaves.ts";

const metersAllowed = "a list of at least one meter";
const moduleAllowed = "the id of a module: letters, digits, _, - and .";

const meterSchema = section({
  meter: token().describe("Name of the meter in the configuration of the service"),
  module_id: form(/^[A-Za-z0-9_.-]+$/, moduleAllowed).describe(
    "Id of the module `powermeter_API` in the configuration of EVerest",
  ),
  topic_prefix: form(/^[^+#\p{Cc}]*$/u, "a text without + and #").default("").describe(
    "`mqtt_external_prefix` of EVerest: it is put before every topic, also before that of a reply",
  ),
  max_energy_age_ms: wholeNumber(0, 600_000).default(10_000).describe(
    "Age in milliseconds up to which the last energies are repeated in a reading without energies; 0: never",
  ),
});

/** The whole file of `everest`. */
export const everestSettingsSchema = section({
  site: token().describe("Site of the meters in subjects"),
  nats: natsSchema.prefault({}).describe("Addresses and credentials of NATS"),
  mqtt: section({
    server: form(brokerPattern, brokerForms).refine((address) => parseBroker(address) !== undefined, {
      error: brokerForms,
    }).default("mqtt://127.0.0.1").describe(
      "Broker of EVerest; `mqtts://` enforces TLS. The port is 1883 unless given, with TLS 8883",
    ),
    client_id: text("a client id").optional().describe(
      "Name of the connection, used by one process; absent: `wattseal-everest-SITE`",
    ),
    user: text("a user's name").optional().describe("Requires `password`"),
    password: text("a password").optional().describe("Requires `user`"),
    tls: tlsSchema,
    status_topic: form(/^[^+#\p{Cc}]+$/u, "a topic without + and #").optional().describe(
      "Topic of the retained state of this process, `online` or `offline`; absent: `wattseal/everest/SITE`",
    ),
  }).prefault({}).describe("Address and credentials of the broker of EVerest"),
  meters: z.array(meterSchema, { error: metersAllowed }).min(1, { error: metersAllowed }).describe(
    "The meters that EVerest gets",
  ),
  log: logSchema,
});

/** The result of {@linkcode everestSettingsSchema}, with all defaults. */
export type EverestSettingsFile = z.infer<typeof everestSettingsSchema>;
