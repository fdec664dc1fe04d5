import { timestamp } from "../base/time.ts";
import { type DayProfile, type ProfileEntry, ProfileError } from "./day_profile.ts";

/** What a Metering message of UFTP contains besides the profile. */
export interface MeteringOptions {
  /** Internet domain of the aggregator. */
  readonly senderDomain: string;
  /** Internet domain of the operator of the distribution grid. */
  readonly recipientDomain: string;
  /** The connection point: E and its digits. */
  readonly ean: string;
  /** @default the sum of the revisions of the intervals */
  readonly revision?: number | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** UUIDs. */
  readonly messageId: string;
  readonly conversationId: string;
}

/** Version of UFTP of the message. */
export const uftpVersion = "3.1.0";

/** The names of time zones that a message can contain. */
export const uftpTimeZone = /^(Africa|America|Australia|Europe|Pacific)\/[a-zA-Z0-9_/]{3,}$/;

/** An Internet domain that a message can contain. */
export const uftpDomain = /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/;

/** One profile of a message: its type, its unit, and the value of an interval, in thousandths of the unit. */
interface Profile {
  readonly type: string;
  readonly unit: "kW" | "kWh";
  readonly values: readonly (number | undefined)[];
}

/**
 * The Metering message of UFTP for one connection point and day: the sum of all meters. The message has no quality: an
 * interval is left out if the energy of a meter is unknown. With several meters it has no meter readings.
 *
 * @throws {ProfileError} no interval has values, or the name of the time zone is not possible in a message
 */
export function meteringMessage(profile: DayProfile, options: MeteringOptions): string {
  const { day, minutes, meters } = profile;
  if (!uftpTimeZone.test(day.timeZone)) {
    throw new ProfileError(
      `A Metering message cannot have the time zone ${day.timeZone}: use a name of Africa, America, Australia, Europe ` +
        "or Pacific, for example Europe/Amsterdam",
    );
  }
  const profiles = profilesOf(profile).filter(({ values }) => values.some((value) => value !== undefined));
  if (profiles.length === 0) {
    throw new ProfileError(`No interval of ${day.day} has energies of all meters, so there is nothing to report`);
  }
  const attributes = {
    "Version": uftpVersion,
    "SenderDomain": options.senderDomain,
    "RecipientDomain": options.recipientDomain,
    "TimeStamp": timestamp(options.nowMs),
    "MessageID": options.messageId,
    "ConversationID": options.conversationId,
    "Revision": String(options.revision ?? meters.reduce((sum, { revision }) => sum + revision, 0)),
    "ISP-Duration": `PT${minutes}M`,
    "TimeZone": day.timeZone,
    "Period": day.day,
    "EAN": options.ean,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Metering ${attributesText(attributes)}>`,
    ...profiles.flatMap(({ type, unit, values }) => [
      `  <Profile ${attributesText({ ProfileType: type, Unit: unit })}>`,
      ...values.flatMap((value, index) =>
        value === undefined
          ? []
          : [`    <ISP ${attributesText({ Start: String(index + 1), Value: (value / 1000).toFixed(3) })}/>`]
      ),
      "  </Profile>",
    ]),
    "</Metering>",
    "",
  ].join("\n");
}

function profilesOf({ minutes, meters }: DayProfile): Profile[] {
  const count = meters[0]?.entries.length ?? 0;
  const sums = (of: (measured: NonNullable<ProfileEntry["measured"]>) => number | undefined) =>
    Array.from({ length: count }, (_, index) =>
      meters.reduce<number | undefined>((sum, { entries }) => {
        const measured = entries[index]?.measured;
        const value = measured && of(measured);
        return sum === undefined || value === undefined ? undefined : sum + value;
      }, 0));
  const imports = sums(({ importWh }) => importWh);
  const exports = sums(({ exportWh }) => exportWh);
  const net = sums(({ importWh, exportWh = 0 }) => importWh - exportWh);
  const readings: Profile[] = meters.length > 1 ? [] : [
    { type: "ImportMeterReading", unit: "kWh", values: sums(({ importRegisterWh }) => importRegisterWh) },
    { type: "ExportMeterReading", unit: "kWh", values: sums(({ exportRegisterWh }) => exportRegisterWh) },
  ];
  return [
    { type: "Power", unit: "kW", values: net.map((energyWh) => energyWh && energyWh * 60 / minutes) },
    { type: "ImportEnergy", unit: "kWh", values: imports },
    { type: "ExportEnergy", unit: "kWh", values: exports },
    ...readings,
  ];
}

function attributesText(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`).join(" ");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
