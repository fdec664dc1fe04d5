export type { Endpoint } from "../base/endpoint.ts";
export type { MeterSettings, PublicKeyFormat } from "../base/meter_settings.ts";
export type { LoadOptions } from "./checked_file.ts";
export { ConfigError, type ConfigErrorCode, configErrorCodes, type Problem } from "./config_error.ts";
export { configurationSchema, everestConfigurationSchema } from "./json_schema.ts";
export { endpointEntry, gatewayForms, listenForm, parseGateway, parseListen } from "./endpoint.ts";
export { effectiveConfig } from "./effective_config.ts";
export { effectiveEverestConfig } from "./effective_everest_config.ts";
export type { EverestMeterSettings, EverestSettings, MqttSettings } from "./everest_settings.ts";
export { ImportError } from "./everest_file.ts";
export { type ImportedConfig, importEverest } from "./import_everest.ts";
export { loadConfig } from "./load_config.ts";
export { loadEverestSettings } from "./load_everest_settings.ts";
export { readingBytes, type ReadingsVolume, readingsVolume, streamsWithLimits } from "./readings_volume.ts";
export type {
  ChangedDefault,
  LineSettings,
  NatsSettings,
  Settings,
  StreamSettings,
  StreamsSettings,
  TlsSettings,
} from "./settings.ts";
export { meterNames } from "./settings.ts";
export { parsePasswordHash, type PasswordHash } from "./parse_password_hash.ts";
export { type ParsedUsers, parseUsers, userName } from "./parse_users.ts";
export { parseWeb, type WebOverrides } from "./parse_web.ts";
export type { TrustedProxySettings, WebSettings } from "./web_settings.ts";
