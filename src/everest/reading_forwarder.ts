import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { NobodyThereError, type WattsealClient } from "../client/mod.ts";
import type { EverestMeterSettings } from "../config/mod.ts";
import type { PowermeterPayload } from "../contract/mod.ts";
import { FreshReadings, maxReadingAgeMs } from "./fresh_readings.ts";
import { LastEnergies } from "./last_energies.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import { powermeterValues } from "./powermeter_values.ts";

/** NATS is not connected. */
const connectPauseMs = 500;
/** A permission is missing. */
const refusalPauseMs = 30_000;

/** Sends the readings of a meter to EVerest. */
export class ReadingForwarder {
  readonly #sender: MqttSender;
  readonly #topic: string;
  readonly #time: Time;
  readonly #log: Log;
  readonly #fresh: FreshReadings;
  readonly #energies: LastEnergies;
  readonly #age: ProblemLog;
  readonly #noEnergy: ProblemLog;

  /** @param topic of the readings */
  constructor(
    sender: MqttSender,
    topic: string,
    { maxEnergyAgeMs }: Pick<EverestMeterSettings, "maxEnergyAgeMs">,
    { log, time }: { readonly log: Log; readonly time: Time },
  ) {
    this.#sender = sender;
    this.#topic = topic;
    this.#time = time;
    this.#log = log;
    this.#fresh = new FreshReadings(time);
    this.#energies = new LastEnergies(maxEnergyAgeMs, time);
    this.#age = new ProblemLog(log, time);
    this.#noEnergy = new ProblemLog(log, time);
  }

  /** Forwards the readings of a meter until `signal` is aborted. */
  async run(
    client: Pick<WattsealClient, "readings">,
    meter: { readonly site: string; readonly meter: string },
    signal: AbortSignal,
  ): Promise<void> {
    const problem = new ProblemLog(this.#log, this.#time);
    while (!signal.aborted) {
      let pauseMs = connectPauseMs;
      try {
        for await (const { payload } of client.readings({ ...meter, signal })) {
          problem.over("Readings are received again");
          this.forward(payload);
        }
      } catch (error) {
        if (!(error instanceof NobodyThereError)) {
          problem.failed("Cannot receive readings; retrying", { reason: errorText(error) });
          pauseMs = refusalPauseMs;
        }
      }
      await this.#time.sleep(pauseMs, signal);
    }
  }

  /** Sends a reading, unless it is old or EVerest cannot use it. */
  forward(reading: PowermeterPayload): void {
    if (!this.#fresh.accepts(reading.timestamp)) {
      this.#log.debug("An old reading is not sent to EVerest", { timestamp: reading.timestamp });
      if (this.#time.now() - Date.parse(reading.timestamp) >= maxReadingAgeMs) {
        this.#age.failed(
          `Readings that are older than ${maxReadingAgeMs / 1000} s are not sent to EVerest; if this does not end, ` +
            "compare the clocks of this machine and of that of the service",
        );
      }
      return;
    }
    this.#age.over("Readings are sent to EVerest again");
    const energies = this.#energies.of(reading);
    if (energies === undefined) {
      this.#noEnergy.failed(
        "Readings are not sent to EVerest, because they have no energy and the last one is too old; set " +
          "max_energy_age_ms to more than energy_interval_ms of the meter",
      );
      return;
    }
    this.#noEnergy.over("Readings have energies again");
    this.#sender.send(this.#topic, powermeterValues(reading, energies));
  }
}
