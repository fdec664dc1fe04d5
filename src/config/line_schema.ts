import * as z from "zod";
import { baudrates } from "../base/baudrates.ts";
import { gatewayForms, gatewayPattern, parseGateway } from "./endpoint.ts";
import { flag, form, oneOf, path, section, token, wholeNumber } from "./leaves.ts";
import { meterSchema } from "./meter_schema.ts";

const maxDelayMs = 100;

/** How the driver of the port switches the direction of the transceiver. */
const rs485Schema = section({
  direction: oneOf("rts", "rts_inverted").describe("The adapter sends while RTS is on (`rts`) or off (`rts_inverted`)"),
  delay_before_ms: wholeNumber(0, maxDelayMs).default(0).describe("Milliseconds from the switch to the first byte"),
  delay_after_ms: wholeNumber(0, maxDelayMs).default(0).describe(
    "Milliseconds from the last byte to the switch back",
  ),
});

const metersAllowed = "a list of at least one meter";

/** A line and its meters. */
export const lineSchema = section({
  name: token().describe("Name of the line in logs and in the status of the node; unique in the file"),
  serial_port: path().optional().describe("Device of the line; required unless `gateway` is set"),
  gateway: form(gatewayPattern, gatewayForms).refine((gateway) => parseGateway(gateway) !== undefined, {
    error: gatewayForms,
  })
    .optional()
    .describe("RTU frames over a Unix socket or a TCP stream, or Modbus TCP; required unless `serial_port` is set"),
  baudrate: oneOf(...baudrates).default(9600).describe("Bits per second; 8 data bits"),
  parity: oneOf("none", "odd", "even", 0, 1, 2).default("none").describe("0 = none, 1 = odd, 2 = even"),
  stop_bits: oneOf(1, 2).default(1).describe("Stop bits"),
  rtscts: flag().default(false).describe("Hardware flow control"),
  rts: oneOf("on", "off").optional().describe(
    "Constant level of RTS, for an adapter that needs one; absent: on, as the kernel sets it",
  ),
  rs485: rs485Schema.optional().describe("How the driver of the port switches the direction with RTS"),
  ignore_echo: flag().default(false).describe("The adapter echoes sent bytes: drop them"),
  initial_timeout_ms: wholeNumber(10, 10_000).default(500).describe(
    "Milliseconds to wait for the first byte of an answer, in addition to the time on the wire",
  ),
  within_message_timeout_ms: wholeNumber(1, 1000).default(100).describe(
    "Maximum silence within an answer, in milliseconds; no wait after a complete answer",
  ),
  retries: wholeNumber(0, 10).default(0).describe("Immediate retries within one attempt"),
  meters: z.array(meterSchema, { error: metersAllowed }).min(1, { error: metersAllowed }).describe(
    "Meters on the line",
  ),
});
