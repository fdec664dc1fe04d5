/**
 * The load profile of a day from published intervals, as CSV and as the Metering message of UFTP.
 *
 * @module
 */
export { type DayProfile, dayProfile, type MeterProfile, type ProfileEntry, ProfileError } from "./day_profile.ts";
export { type LocalDay, localDay } from "./local_day.ts";
export { meteringMessage, type MeteringOptions, uftpDomain, uftpTimeZone, uftpVersion } from "./metering_message.ts";
export { profileCsv } from "./profile_csv.ts";
