import type { TextTable } from "../shell/language.ts";

/** The texts around a fault. Its message is that of the service, in English. */
export const faultTexts = {
  since: { en: (time: string) => `since ${time}`, de: (time: string) => `seit ${time}` },
  cause: { en: "Cause", de: "Ursache" },
  remedy: { en: "Remedy", de: "Abhilfe" },
  severity: { en: (name: string) => `Severity: ${name}`, de: (name: string) => `Schwere: ${name}` },
} as const satisfies TextTable;
