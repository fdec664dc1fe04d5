/**
 * A power meter for EVerest: its API `powermeter_API`, version 1, over MQTT, with the meters of a site over NATS.
 *
 * @module
 */
export { EverestMeters } from "./everest_meters.ts";
export { MqttLink } from "./mqtt_link.ts";
export { MqttSetupError } from "./mqtt_options.ts";
export { NatsLink } from "./nats_link.ts";
