import { configProperties } from "../config/properties.ts";
import { requestOrderProperties } from "../everest/request_order_properties.ts";
import { intervalProperties } from "../interval/interval_properties.ts";
import { natsProperties } from "../nats/properties.ts";
import { ocmfProperties } from "../ocmf/properties.ts";
import { scheduleProperties } from "../station/schedule_properties.ts";
import { crashProperties } from "../transaction/crash_properties.ts";
import { crowdProperties } from "../transaction/crowd_properties.ts";
import { machineProperties } from "../transaction/state_machine_properties.ts";
import { identificationProperties } from "../view/identification_properties.ts";
import { rowVersionProperties } from "../web/row_version_properties.ts";
import { lateAnswerProperties } from "./late_answer_properties.ts";
import type { Property } from "./property.ts";

/** All properties. */
export const properties: readonly Property[] = [
  ...configProperties,
  ...ocmfProperties,
  ...natsProperties,
  ...machineProperties,
  ...scheduleProperties,
  ...intervalProperties,
  ...crashProperties,
  ...crowdProperties,
  ...lateAnswerProperties,
  ...rowVersionProperties,
  ...identificationProperties,
  ...requestOrderProperties,
];
