import assert from "node:assert/strict";
import { chooseLanguage } from "../../src/page/shell/language.ts";
import { readPreferences, storePreferences } from "../../src/page/shell/preferences.ts";

function storeOf(values = new Map<string, string>()) {
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
}

Deno.test("the language is the first one of the system that the page has", () => {
  assert.equal(chooseLanguage(["fr-FR", "de-AT", "en"]), "de");
  assert.equal(chooseLanguage(["fr"]), "en");
  assert.equal(chooseLanguage([]), "en");
});

Deno.test("a choice is kept and comes before the language of the system", () => {
  const store = storeOf();
  assert.deepEqual(readPreferences(store, ["de"]), { language: "de", colours: "auto" });
  storePreferences(store, { language: "en", colours: "dark" });
  assert.deepEqual(readPreferences(store, ["de"]), { language: "en", colours: "dark" });
});

Deno.test("a browser without storage, or with a damaged value, has the defaults", () => {
  const refusing = {
    getItem: () => {
      throw new Error("no storage");
    },
    setItem: () => {
      throw new Error("no storage");
    },
  };
  storePreferences(refusing, { language: "de", colours: "dark" });
  assert.deepEqual(readPreferences(refusing, []), { language: "en", colours: "auto" });
  for (const damaged of ["{", "null", '{"language":"fr","colours":3}']) {
    const store = { ...storeOf(), getItem: () => damaged };
    assert.deepEqual(readPreferences(store, []), { language: "en", colours: "auto" });
  }
});
