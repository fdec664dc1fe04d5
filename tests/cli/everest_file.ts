import { importEverestFile } from "../../src/cli/import_everest.ts";

/** Converts the text of an EVerest configuration. */
export async function run(text: string, file = "-"): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const code = await importEverestFile(file, {
    out: (more) => written.out += more,
    err: (more) => written.err += more,
    readInput: () => Promise.resolve(new TextEncoder().encode(text)),
  });
  return { code, ...written };
}

/** Two meters on one line, and modules that are no meters. */
export const everest = `
settings:
  telemetry_enabled: false
active_modules:
  meter_1:
    module: CarloGavazzi_EM580
    config_implementation:
      main:
        powermeter_device_id: 3
        communication_retry_count: 1
        communication_retry_delay_ms: 10
        timezone_offset_minutes: 60
        public_key_format: der
    connections:
      modbus:
        - module_id: comm_hub
          implementation_id: main
  meter_2:
    module: CarloGavazzi_EM580
    config_implementation: { main: { powermeter_device_id: 4 } }
    connections: { modbus: [{ module_id: comm_hub, implementation_id: main }] }
  comm_hub:
    module: SerialCommHub
    config_implementation:
      main:
        serial_port: /dev/ttyUSB0
        baudrate: 115200
        parity: 2
        within_message_timeout_ms: 10
        retries: 2
        rxtx_gpio_chip: gpiochip0
        rxtx_gpio_line: 0
        max_packet_size: 256
  cli_1:
    module: BUPowermeter
    connections: { powermeter: [{ module_id: meter_1, implementation_id: main }] }
`;
