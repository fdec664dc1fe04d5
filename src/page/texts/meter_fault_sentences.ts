import type { SentencePair } from "./sentence_table.ts";

/** Causes and remedies of the faults of meters. A test compares them with those of the service. */
export const meterFaultSentences: readonly SentencePair[] = [
  // CommunicationError
  [
    "The meter gave no usable answer in all attempts, or the device of the line is gone",
    "Der Z\u00e4hler gab bei keinem Versuch eine brauchbare Antwort, oder das Ger\u00e4t der Leitung ist weg",
  ],
  [
    "Check wiring, unit id, baud rate and parity, and that the adapter is plugged in. Cleared by the next success",
    "Verdrahtung, Unit-Id, Baudrate und Parit\u00e4t pr\u00fcfen, und ob der Adapter steckt. Endet mit der n\u00e4chsten g\u00fcltigen Antwort",
  ],
  // LineNoisy
  [
    "At least one in twenty exchanges with the meter had no usable answer; repeats still succeed",
    "Mindestens eine von zwanzig Anfragen an den Z\u00e4hler blieb ohne brauchbare Antwort; Wiederholungen gelingen noch",
  ],
  [
    "Check cabling, termination and shielding before it gets worse. Cleared when fewer than one in fifty exchanges fail",
    "Verkabelung, Abschluss und Schirmung pr\u00fcfen, bevor es schlimmer wird. Endet, wenn weniger als eine von f\u00fcnfzig Anfragen fehlschl\u00e4gt",
  ],
  // DeviceStateError
  [
    "The meter reports an error in its device state (register 320499)",
    "Der Z\u00e4hler meldet einen Fehler in seinem Ger\u00e4tezustand (Register 320499)",
  ],
  [
    "The message names the bits: check voltages, currents and frequency. Replace a meter with an internal fault",
    "Die Meldung nennt die Bits: Spannungen, Str\u00f6me und Frequenz pr\u00fcfen. Einen Z\u00e4hler mit innerem Fehler austauschen",
  ],
  // OcmfTransactionClosed
  [
    "The meter closed a running transaction itself, usually after a power loss",
    "Der Z\u00e4hler hat einen laufenden Ladevorgang selbst beendet, meist nach einem Stromausfall",
  ],
  [
    "None: its record is fetched and published. Cleared by the next start or stop",
    "Keine: sein Datensatz wird gelesen und ver\u00f6ffentlicht. Endet mit dem n\u00e4chsten Start oder Stopp",
  ],
  // OcmfCorrupted
  [
    "The meter reports its OCMF file as corrupted, or reports READY but returns no file for 5 s",
    "Der Z\u00e4hler meldet seine OCMF-Datei als besch\u00e4digt, oder er meldet READY und liefert 5 s lang keine Datei",
  ],
  [
    "The content of the file is in the journal with reason `corrupted`. If it happens again, replace the meter",
    "Der Inhalt der Datei steht im Journal mit dem Grund `corrupted`. Wenn es wieder geschieht, den Z\u00e4hler austauschen",
  ],
  // BillingUnavailable
  [
    "The meter has no signature key, or does not answer at its OCMF registers: it cannot bill, metering continues",
    "Der Z\u00e4hler hat keinen Signaturschl\u00fcssel oder antwortet nicht an seinen OCMF-Registern: Abrechnen ist nicht m\u00f6glich, die Messung l\u00e4uft weiter",
  ],
  [
    "Set the signature type of the meter, or use a meter with OCMF; the message names the identification code",
    "Die Signaturart des Z\u00e4hlers einstellen, oder einen Z\u00e4hler mit OCMF verwenden; die Meldung nennt den Kenncode",
  ],
  // RecordNotVerified
  [
    "The signature of the last record is not valid, or its session is violated; the record is published anyway",
    "Die Signatur des letzten Datensatzes ist nicht g\u00fcltig, oder sein Ladevorgang darf nicht abgerechnet werden; der Datensatz wird trotzdem ver\u00f6ffentlicht",
  ],
  [
    "Check `verification.problems` of the record before it is billed. Cleared by the next valid record",
    "`verification.problems` des Datensatzes pr\u00fcfen, bevor er abgerechnet wird. Endet mit dem n\u00e4chsten g\u00fcltigen Datensatz",
  ],
  // SignedValueNotVerified
  [
    "A signed live value does not fit the public key of the meter (checked if `verify_signed_values` is on)",
    "Ein signierter Live-Wert passt nicht zum \u00f6ffentlichen Schl\u00fcssel des Z\u00e4hlers (gepr\u00fcft, wenn `verify_signed_values` eingeschaltet ist)",
  ],
  [
    "The reading is published anyway. If it happens again, replace the meter. Cleared by the next valid value",
    "Die Messung wird trotzdem ver\u00f6ffentlicht. Wenn es wieder geschieht, den Z\u00e4hler austauschen. Endet mit dem n\u00e4chsten g\u00fcltigen Wert",
  ],
  // JournalFailed
  [
    "A record or the state of a transaction cannot be written to the state folder; the file stays on the meter",
    "Ein Datensatz oder der Zustand eines Ladevorgangs kann nicht in den Zustandsordner geschrieben werden; die Datei bleibt auf dem Z\u00e4hler",
  ],
  [
    "Free space in `state_dir` or correct its permissions. The record is fetched when writing works again",
    "In `state_dir` Platz schaffen oder die Rechte berichtigen. Der Datensatz wird gelesen, sobald das Schreiben wieder gelingt",
  ],
  // MeterExchanged
  [
    "Another meter answers here than before (serial number or year); the record of an open transaction is on the old meter",
    "Hier antwortet ein anderer Z\u00e4hler als bisher (Seriennummer oder Jahr); der Datensatz eines offenen Ladevorgangs ist auf dem alten Z\u00e4hler",
  ],
  [
    "Connect the old meter here to fetch its record; acknowledge an intended replacement",
    "Den alten Z\u00e4hler hier anschlie\u00dfen, um seinen Datensatz zu lesen; einen gewollten Austausch best\u00e4tigen",
  ],
  // PublicKeyChanged
  [
    "The meter has another public key than with its first record, but the same serial number",
    "Der Z\u00e4hler hat einen anderen \u00f6ffentlichen Schl\u00fcssel als bei seinem ersten Datensatz, aber dieselbe Seriennummer",
  ],
  [
    "Find the reason before its records are billed; an acknowledgement pins the new key",
    "Den Grund finden, bevor seine Datens\u00e4tze abgerechnet werden; eine Best\u00e4tigung macht den neuen Schl\u00fcssel zum bekannten",
  ],
  // ModelUnknown
  [
    "The identification code of the meter is unknown, and it has no OCMF registers: it is not metered",
    "Der Kenncode des Z\u00e4hlers ist unbekannt, und der Z\u00e4hler hat keine OCMF-Register: seine Werte werden nicht gelesen",
  ],
  [
    "Send us the message. If the type is known, set `model` of the meter in the configuration",
    "Uns die Meldung schicken. Ist der Typ bekannt, `model` des Z\u00e4hlers in der Konfiguration setzen",
  ],
  // WiringSuspect
  [
    "A setting of the meter, or its own check of the wiring, shows that its readings may be wrong",
    "Eine Einstellung des Z\u00e4hlers, oder seine eigene Pr\u00fcfung der Verdrahtung, zeigt, dass seine Messwerte falsch sein k\u00f6nnen",
  ],
  [
    "The message names the register and what to change. Cleared within a minute after the correction",
    "Die Meldung nennt das Register und was zu \u00e4ndern ist. Endet innerhalb einer Minute nach der Berichtigung",
  ],
  // ClockNotSet
  [
    "The meter refused the time, so its records may have a wrong or unsynchronised time",
    "Der Z\u00e4hler hat die Zeit abgelehnt; seine Datens\u00e4tze k\u00f6nnen deshalb eine falsche oder nicht synchronisierte Zeit haben",
  ],
  [
    "The service retries. If the fault stays, check the clock settings of the meter",
    "Der Dienst versucht es wieder. Wenn der Fehler bleibt, die Uhreinstellungen des Z\u00e4hlers pr\u00fcfen",
  ],
];
