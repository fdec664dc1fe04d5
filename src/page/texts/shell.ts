import type { TextTable } from "../shell/language.ts";

/** The texts around every page. */
export const shellTexts = {
  skip: { en: "Skip to the content", de: "Zum Inhalt springen" },
  navigation: { en: "Pages", de: "Seiten" },
  language: { en: "Language", de: "Sprache" },
  colours: { en: "Colours", de: "Farben" },
  automatic: { en: "As the system", de: "Wie das System" },
  light: { en: "Light", de: "Hell" },
  dark: { en: "Dark", de: "Dunkel" },
  logout: { en: "Log out", de: "Abmelden" },
  loggedIn: { en: (user: string) => `Logged in as ${user}`, de: (user: string) => `Angemeldet als ${user}` },
  version: { en: (version: string) => `Wattseal ${version}`, de: (version: string) => `Wattseal ${version}` },
  live: { en: "Live", de: "Live" },
  connecting: { en: "Connecting", de: "Verbindung wird aufgebaut" },
  notLive: { en: "Not live", de: "Nicht live" },
  notFollowed: { en: "No live values here", de: "Hier keine Live-Werte" },
  notFollowedDetails: {
    en: "This page works without the server, so it has no connection to it.",
    de: "Diese Seite arbeitet ohne den Server und hat deshalb keine Verbindung zu ihm.",
  },
  serverLost: {
    en: (since: string) => `No connection to the server since ${since}`,
    de: (since: string) => `Keine Verbindung zum Server seit ${since}`,
  },
  natsLost: {
    en: (since: string) => `The server has no connection to NATS since ${since}`,
    de: (since: string) => `Der Server hat keine Verbindung zu NATS seit ${since}`,
  },
  lastValues: {
    en: "The page shows the last known values. It continues when the connection is back, and reads what it missed.",
    de:
      "Die Seite zeigt die letzten bekannten Werte. Wenn die Verbindung wieder besteht, geht es weiter, und Verpasstes wird nachgelesen.",
  },
  incomplete: { en: "The server cannot read everything", de: "Der Server kann nicht alles lesen" },
  notFound: { en: "There is no such page", de: "Diese Seite gibt es nicht" },
  toFleet: { en: "To the fleet", de: "Zur Flotte" },
  failed: { en: "This page failed", de: "Diese Seite ist fehlgeschlagen" },
  reload: { en: "Load again", de: "Neu laden" },
  copy: { en: "Copy", de: "Kopieren" },
  copied: { en: "Copied", de: "Kopiert" },
} as const satisfies TextTable;
