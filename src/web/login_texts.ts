/** The texts of the login in one language. */
export interface LoginTexts {
  readonly lang: string;
  readonly title: string;
  readonly user: string;
  readonly password: string;
  readonly logIn: string;
  readonly wrong: string;
  /** Too many attempts; followed by the seconds to wait. */
  readonly wait: (seconds: number) => string;
  readonly busy: string;
}

const english: LoginTexts = {
  lang: "en",
  title: "Log in",
  user: "User",
  password: "Password",
  logIn: "Log in",
  wrong: "The user or the password is wrong.",
  wait: (seconds) => `Too many attempts. Try again in ${seconds} seconds.`,
  busy: "Too many people log in at the moment. Try again in a few seconds.",
};

const german: LoginTexts = {
  lang: "de",
  title: "Anmelden",
  user: "Benutzer",
  password: "Passwort",
  logIn: "Anmelden",
  wrong: "Der Benutzer oder das Passwort ist falsch.",
  wait: (seconds) => `Zu viele Versuche. In ${seconds} Sekunden ist der n\u00e4chste m\u00f6glich.`,
  busy: "Gerade melden sich zu viele an. Bitte in einigen Sekunden noch einmal versuchen.",
};

/** The texts in the language that a browser prefers; English unless it is German. */
export function loginTexts(acceptLanguage: string | undefined): LoginTexts {
  const [first = ""] = (acceptLanguage ?? "").split(",");
  return /^\s*de\b/i.test(first) ? german : english;
}
