import type { SentencePair } from "./sentence_table.ts";

/** The sentences of the verification of records; the first one that fits applies. */
export const recordProblems: readonly SentencePair[] = [
  [
    "The signature does not match the payload and the public key; it matches the payload without whitespace: either the whitespace was added later, or the meter signs a different text than it writes, which the transparency software does not accept",
    "Die Signatur passt nicht zu Nutzdaten und \u00f6ffentlichem Schl\u00fcssel; sie passt zu den Nutzdaten ohne Leerzeichen: entweder kamen die Leerzeichen sp\u00e4ter dazu, oder der Z\u00e4hler signiert einen anderen Text, als er schreibt; das akzeptiert die Transparenzsoftware nicht",
  ],
  [
    "The signature does not match the payload and the public key",
    "Die Signatur passt nicht zu Nutzdaten und \u00f6ffentlichem Schl\u00fcssel",
  ],
  [
    "There is no public key to verify the signature",
    "Es gibt keinen \u00f6ffentlichen Schl\u00fcssel, mit dem die Signatur gepr\u00fcft werden kann",
  ],
  [
    "The public key is not the known key of this meter",
    "Der \u00f6ffentliche Schl\u00fcssel ist nicht der bekannte Schl\u00fcssel dieses Z\u00e4hlers",
  ],
  [
    "The record came with a different public key than the given one",
    "Der Datensatz kam mit einem anderen \u00f6ffentlichen Schl\u00fcssel als dem angegebenen",
  ],
  [
    "The public key is not a point on any known curve",
    "Der \u00f6ffentliche Schl\u00fcssel ist kein Punkt auf einer bekannten Kurve",
  ],
  ["The public key is not a point on {}", "Der \u00f6ffentliche Schl\u00fcssel ist kein Punkt auf der Kurve {1}"],
  [
    "The record declares {}, but the curve of the public key is {}",
    "Der Datensatz nennt {1}, aber die Kurve des \u00f6ffentlichen Schl\u00fcssels ist {2}",
  ],
  [
    "The record declares no algorithm, so {} applies, but it is signed with a key on {}: {}",
    "Der Datensatz nennt kein Verfahren, also gilt {1}; signiert ist er mit einem Schl\u00fcssel auf {2}: die Transparenzsoftware wertet das als ung\u00fcltig",
  ],
  [
    "The signature algorithm {} is RSA, which OCMF does not support; supported is ECDSA with SHA-256 on {}",
    "Das Signaturverfahren {1} ist RSA, das OCMF nicht kennt; m\u00f6glich ist ECDSA mit SHA-256 auf {2}",
  ],
  [
    "The signature algorithm {} is unknown; supported is ECDSA with SHA-256 on {}",
    "Das Signaturverfahren {1} ist unbekannt; m\u00f6glich ist ECDSA mit SHA-256 auf {2}",
  ],
  ["Cannot read the public key: {}", "Der \u00f6ffentliche Schl\u00fcssel kann nicht gelesen werden: {1:reason}"],
  ["Cannot use the public key: {}", "Der \u00f6ffentliche Schl\u00fcssel kann nicht verwendet werden: {1:reason}"],
  [
    "The record belongs to transaction (none), not to {}",
    "Der Datensatz nennt keinen Ladevorgang; erwartet ist {1}",
  ],
  ["Not an OCMF record: {}", "Kein Datensatz im Format OCMF: {1:reason}"],
  ["Cannot split the OCMF record: {}", "Der Datensatz kann nicht zerlegt werden: {1:reason}"],
  ["Cannot read the OCMF record: {}", "Der Datensatz kann nicht gelesen werden: {1:reason}"],
  [
    "Quotes or backslashes in {} are not escaped, so the record is not valid JSON; the signature matches its bytes: the meter wrote it like this",
    "Anf\u00fchrungszeichen oder Schr\u00e4gstriche in {1:list} sind nicht maskiert, der Datensatz ist deshalb kein g\u00fcltiges JSON; die Signatur passt zu den Bytes: der Z\u00e4hler hat ihn so geschrieben",
  ],
  [
    "Quotes or backslashes in {} are not escaped, so the record is not valid JSON",
    "Anf\u00fchrungszeichen oder Schr\u00e4gstriche in {1:list} sind nicht maskiert, der Datensatz ist deshalb kein g\u00fcltiges JSON",
  ],
  [
    "The key {} is a duplicate: the record is ambiguous",
    "Das Feld {1} kommt zweimal vor: der Datensatz ist mehrdeutig",
  ],
  ["An element of RD is not a reading", "Ein Element von RD ist kein Messwert"],
  ["The user assignment failed: its level is {}", "Die Zuordnung des Nutzers ist fehlgeschlagen: ihre Stufe ist {1}"],
  ["The record belongs to transaction {}, not to {}", "Der Datensatz geh\u00f6rt zum Ladevorgang {1}, nicht zu {2}"],
  ["The record belongs to meter {}, not to {}", "Der Datensatz geh\u00f6rt zum Z\u00e4hler {1}, nicht zu {2}"],
  ["The record has no serial number", "Der Datensatz hat keine Seriennummer"],
  ["The record has no pagination", "Der Datensatz hat keine laufende Nummer"],
  [
    "The pagination {} is not a letter T or F and a number",
    "Die laufende Nummer {1} ist nicht T oder F mit einer Zahl",
  ],
  [
    "The record is a fiscal record, not a transaction record",
    "Der Datensatz ist ein fiskalischer, keiner eines Ladevorgangs",
  ],
  [
    "The pagination is {}, but {} is expected: records are missing in between",
    "Die laufende Nummer ist {1}, erwartet wird {2}: dazwischen fehlen Datens\u00e4tze",
  ],
  [
    "The pagination is {}, but {} is expected: it is repeated",
    "Die laufende Nummer ist {1}, erwartet wird {2}: sie wiederholt sich",
  ],
  [
    "The pagination is {}, but {} is expected: it is decreasing",
    "Die laufende Nummer ist {1}, erwartet wird {2}: sie nimmt ab",
  ],
  [
    "The records of the session belong to different meters",
    "Die Datens\u00e4tze des Ladevorgangs geh\u00f6ren zu verschiedenen Z\u00e4hlern",
  ],
  [
    "The records of the session belong to different users",
    "Die Datens\u00e4tze des Ladevorgangs geh\u00f6ren zu verschiedenen Nutzern",
  ],
  ["The record has no readings", "Der Datensatz hat keine Messwerte"],
  ["The readings belong to no transaction", "Die Messwerte geh\u00f6ren zu keinem Ladevorgang"],
  ["More than one reading is marked as begin", "Mehr als ein Messwert ist als Beginn markiert"],
  ["More than one reading is marked as end", "Mehr als ein Messwert ist als Ende markiert"],
  ["No reading is marked as begin", "Kein Messwert ist als Beginn markiert"],
  ["No reading is marked as end", "Kein Messwert ist als Ende markiert"],
  ["The first reading is not the begin", "Der erste Messwert ist nicht der Beginn"],
  ["The last reading is not the end", "Der letzte Messwert ist nicht das Ende"],
  ["Begin or end has no value", "Beginn oder Ende hat keinen Wert"],
  ["Begin or end has no unit", "Beginn oder Ende hat keine Einheit"],
  ["Begin is in {} and end in {}", "Der Beginn ist in {1} angegeben, das Ende in {2}"],
  ["Begin has a relative time and end an absolute one", "Der Beginn hat eine relative Zeit, das Ende eine absolute"],
  [
    "The event counter increased from {} to {} within the session",
    "Der Ereignisz\u00e4hler stieg im Ladevorgang von {1} auf {2}",
  ],
  [
    "The meter closed the session after a power loss (TX P)",
    "Der Z\u00e4hler hat den Ladevorgang nach einem Stromausfall geschlossen (TX P)",
  ],
  [
    "The session begins before 2015, at {}: the meter's clock was not set",
    "Der Ladevorgang beginnt vor 2015, um {1}: die Uhr des Z\u00e4hlers war nicht gestellt",
  ],
  ["The session lasts {} days, from {} to {}", "Der Ladevorgang dauert {1} Tage, von {2} bis {3}"],
  ["Reading {} has no status", "Messwert {1} hat keinen Status"],
  ["Reading {} has status {}: {}", "Messwert {1} hat den Status {2} ({2:status})"],
  [
    "The energy of reading {} must not be used: its error flags are {}",
    "Die Energie von Messwert {1} darf nicht verwendet werden: seine Fehlerkennzeichen sind {2}",
  ],
  [
    "Reading {} is marked as exception: the session must not be billed from this reading on",
    "Messwert {1} ist als Ausnahme markiert: ab diesem Wert darf nicht abgerechnet werden",
  ],
  [
    "Reading {} has no time flag, only {}: its time may be wrong",
    "Messwert {1} hat keine Kennzeichnung der Uhr, nur {2}: seine Zeit kann falsch sein",
  ],
  ["Reading {} has no time", "Messwert {1} hat keine Zeit"],
  ["The time {} of reading {} cannot be read", "Die Zeit {1} von Messwert {2} kann nicht gelesen werden"],
  ["Reading {} has time flag U ({}): {}", "Die Uhr war bei Messwert {1} nicht gestellt: {3}"],
  ["Reading {} has time flag I ({}): {}", "Die Zeit von Messwert {1} ist nur informativ: {3}"],
  ["Reading {} has the value {}, which is not a number", "Messwert {1} hat den Wert {2}, der keine Zahl ist"],
  ["Reading {} has the loss {}, which is not a number", "Messwert {1} hat den Verlust {2}, der keine Zahl ist"],
  [
    "Reading {} has a smaller loss than the previous reading: {}, then {}",
    "Messwert {1} hat einen kleineren Verlust als der vorige: {2}, dann {3}",
  ],
  ["The register runs backwards: {}, then {}", "Das Register l\u00e4uft r\u00fcckw\u00e4rts: {1}, dann {2}"],
  ["The time runs backwards: {}, then {}", "Die Zeit l\u00e4uft r\u00fcckw\u00e4rts: {1}, dann {2}"],
  ["And {} more problems", "Und {1} weitere Feststellungen"],
  [
    "The record was published with signature {}, but its text has signature {}",
    "Der Datensatz wurde mit dem Ergebnis \u201e{1:verdict}\u201c f\u00fcr die Signatur ver\u00f6ffentlicht; f\u00fcr seinen Text ist es \u201e{2:verdict}\u201c",
  ],
  ["The record was not read", "Der Datensatz wurde nicht gelesen"],
  ["The line is not a JSON object", "Die Zeile ist kein JSON-Objekt"],
  ["The line has no text in its member ocmf", "Die Zeile hat keinen Text im Feld ocmf"],
  [
    "More than {} lines are not records: the rest is not read",
    "Mehr als {1} Zeilen sind keine Datens\u00e4tze: der Rest wird nicht gelesen",
  ],
  [
    "The record has no meter value: no reading is marked as end",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: kein Messwert ist als Ende markiert",
  ],
  [
    "The record has no meter value: no reading of it states a begin or an end clearly",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: kein Messwert nennt Beginn oder Ende eindeutig",
  ],
  [
    "The record has no meter value: the OBIS code {} is no register of energy to or from the vehicle",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: {1} ist kein Register der Energie zum oder vom Fahrzeug",
  ],
  [
    "The record has no meter value: the unit of its register is {}, not Wh or kWh",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: die Einheit ist {1}, nicht Wh oder kWh",
  ],
  [
    "The record has no meter value: the register {} is not a JSON number",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: das Register {1} ist keine Zahl in JSON",
  ],
  [
    "The record has no meter value: the time {} at its end cannot be read",
    "Der Datensatz hat keinen Messwert f\u00fcr OCPP: die Zeit {1} an seinem Ende kann nicht gelesen werden",
  ],
  ["The record has no meter value: {}", "Der Datensatz hat keinen Messwert f\u00fcr OCPP: {1:reason}"],
  [
    "The register {} has no value of its own: its time is another one than that of the first register",
    "Das Register {1} hat in OCPP keinen eigenen Wert: seine Zeit ist eine andere als die des ersten Registers",
  ],
  [
    "The register {} has more digits than a JSON number: value is rounded",
    "Das Register {1} hat mehr Stellen als eine Zahl in JSON: value ist gerundet",
  ],
  [
    "{} has {} characters, and OCPP 2.0.1 allows {}: {}",
    "{1} hat {2} Zeichen, OCPP 2.0.1 erlaubt {3}: ein Backend lehnt die ganze Nachricht ab. Den Datensatz mit OCPP 2.1 oder 1.6 senden, oder die Nachricht ohne signedMeterValue senden und Datensatz und Schl\u00fcssel au\u00dferhalb von OCPP \u00fcbergeben. Den Datensatz nicht k\u00fcrzen: die Signatur gilt f\u00fcr alle seine Bytes",
  ],
  [
    "The message is not JSON: no node of Wattseal has published it",
    "Die Nachricht ist kein JSON: kein Knoten von Wattseal hat sie ver\u00f6ffentlicht",
  ],
  [
    "The message has no record (field ocmf): no node of Wattseal has published it",
    "Die Nachricht hat keinen Datensatz (Feld ocmf): kein Knoten von Wattseal hat sie ver\u00f6ffentlicht",
  ],
];
