import type { SentencePair } from "./sentence_table.ts";

/** The reasons within sentences of the verification: why a record or a key cannot be read. */
export const recordReasons: readonly SentencePair[] = [
  ["{} characters are too long", "{1} Zeichen sind zu lang"],
  ["it has too many nested encodings", "er ist zu oft ineinander verpackt"],
  ["it is neither hex nor base64 nor PEM", "er ist weder Hex noch Base64 noch PEM"],
  ["its {} bytes are not a key of a known curve", "seine {1} Bytes sind kein Schl\u00fcssel einer bekannten Kurve"],
  ["its point is on no known curve", "sein Punkt liegt auf keiner bekannten Kurve"],
  ["its curve without a name is unknown", "seine Kurve hat keinen Namen und ist unbekannt"],
  ["its curve {} is unknown", "seine Kurve {1} ist unbekannt"],
  [
    "it is a key for {}, not an elliptic curve key; OCMF signatures are ECDSA",
    "er ist ein Schl\u00fcssel f\u00fcr {1}, nicht f\u00fcr elliptische Kurven; Signaturen in OCMF sind ECDSA",
  ],
  ['the text does not start with "OCMF|"', 'der Text beginnt nicht mit "OCMF|"'],
  ['no "|" after the payload', 'nach den Nutzdaten steht kein "|"'],
  ["there is text after the signature section", "nach der Signatur steht weiterer Text"],
  ["the payload section is not a JSON object", "die Nutzdaten sind kein JSON-Objekt"],
  ["the signature section is not a JSON object", "die Signatur ist kein JSON-Objekt"],
  ["the payload section does not end", "die Nutzdaten enden nicht"],
  ["the signature section does not end", "die Signatur endet nicht"],
  [
    "it is binary and signed with RSA; supported are texts signed with ECDSA",
    "er ist bin\u00e4r und mit RSA signiert; m\u00f6glich sind Texte, die mit ECDSA signiert sind",
  ],
  ["the signature section has no SD", "die Signatur hat kein Feld SD"],
  ["the payload section is not JSON: Cannot parse JSON: {}", "die Nutzdaten sind kein JSON: {1:reason}"],
  ["the signature section is not JSON: Cannot parse JSON: {}", "die Signatur ist kein JSON: {1:reason}"],
  // What follows comes from the JSON parser of the browser
  ["the payload section is not JSON{}", "die Nutzdaten sind kein JSON"],
  ["the signature section is not JSON{}", "die Signatur ist kein JSON"],
  ["the text ends at position {}", "der Text endet an Stelle {1}"],
  ["unexpected {} at position {}", "unerwartetes Zeichen {1} an Stelle {2}"],
  ["nested deeper than {} levels", "mehr als {1} Ebenen ineinander"],
  ["it has more than {} values", "mehr als {1} Werte"],
];
