import type { SentencePair } from "./sentence_table.ts";

/** Causes and remedies of the faults of processes. A test compares them with those of the service. */
export const nodeFaultSentences: readonly SentencePair[] = [
  // RecordsUndelivered
  [
    "A record has waited for delivery longer than `journal.alarm_undelivered_minutes`",
    "Ein Datensatz wartet schon l\u00e4nger auf die Zustellung als `journal.alarm_undelivered_minutes`",
  ],
  [
    "Check NATS and JetStream: a full stream, a missing stream, or no connection. Cleared when the record is delivered",
    "NATS und JetStream pr\u00fcfen: ein voller Stream, ein fehlender Stream oder keine Verbindung. Endet, wenn der Datensatz zugestellt ist",
  ],
  // RecordRefused
  [
    "NATS refuses single records; the other records are delivered",
    "NATS lehnt einzelne Datens\u00e4tze ab; die anderen werden zugestellt",
  ],
  [
    "The message names the records and the reason: a limit of the stream or the server, or a missing permission. Correct it; the service retries. Or export the records with `journal export`",
    "Die Meldung nennt die Datens\u00e4tze und den Grund: eine Grenze des Streams oder des Servers, oder ein fehlendes Recht. Den Grund beheben; der Dienst versucht es wieder. Oder die Datens\u00e4tze mit `journal export` exportieren",
  ],
  // JetStreamFull
  [
    "The stream of records, its account or its server has no room left; records wait in the journal",
    "Der Stream der Datens\u00e4tze, sein Konto oder sein Server hat keinen Platz mehr; Datens\u00e4tze warten im Journal",
  ],
  [
    "Raise the limit that the message names, or free space on the server. Cleared when a record is stored",
    "Die Grenze erh\u00f6hen, die die Meldung nennt, oder Platz auf dem Server schaffen. Endet, wenn ein Datensatz gespeichert ist",
  ],
  // StreamUnsafe
  [
    "The stream of the records has settings that can lose a record, or it does not store the subject of our records",
    "Der Stream der Datens\u00e4tze hat Einstellungen, durch die ein Datensatz verloren gehen kann, oder er speichert das Subject unserer Datens\u00e4tze nicht",
  ],
  [
    "Run the command that the message names; the service never changes a stream. The journal has the records that the stream lost: deliver them again with `_node.redeliver` or `journal redeliver`",
    "Den Befehl ausf\u00fchren, den die Meldung nennt; der Dienst \u00e4ndert nie einen Stream. Das Journal hat die Datens\u00e4tze, die der Stream verloren hat: mit `_node.redeliver` oder `journal redeliver` erneut zustellen",
  ],
  // ReadingsDropped
  [
    "Readings have been lost for more than a minute: the spool is off, is full, or its readings are too old, or the readings are too long",
    "Seit mehr als einer Minute gehen Messungen verloren: der Spool ist aus, ist voll, oder seine Messungen sind zu alt, oder die Messungen sind zu lang",
  ],
  [
    "Check NATS and its stream of readings; the log has the reason why they are not acknowledged. Increase `spool.max_mb` or `spool.max_age_hours`. Cleared when no reading was lost for a minute",
    "NATS und den Stream der Messungen pr\u00fcfen; das Log nennt den Grund, warum sie nicht best\u00e4tigt werden. `spool.max_mb` oder `spool.max_age_hours` erh\u00f6hen. Endet, wenn eine Minute lang keine Messung verloren ging",
  ],
  // IntervalsDropped
  [
    "Intervals of the load profile waited for NATS until there was no room for more, so the oldest ones were dropped",
    "Intervalle des Lastgangs warteten auf NATS, bis kein Platz mehr war; deshalb wurden die \u00e4ltesten verworfen",
  ],
  [
    "Check NATS and its stream of intervals; the log has the reason why they are not delivered. Free space in `state_dir`. The registers of the next published interval contain the energy. Cleared when no interval waits",
    "NATS und den Stream der Intervalle pr\u00fcfen; das Log nennt den Grund, warum sie nicht zugestellt werden. In `state_dir` Platz schaffen. Die Register des n\u00e4chsten ver\u00f6ffentlichten Intervalls enthalten die Energie. Endet, wenn kein Intervall mehr wartet",
  ],
  // IntervalsFailed
  [
    "`intervals.db` cannot be opened, read or written. The last intervals of each meter wait in memory and are not published; readings and transactions continue",
    "`intervals.db` kann nicht ge\u00f6ffnet, gelesen oder geschrieben werden. Die letzten Intervalle jedes Z\u00e4hlers warten im Arbeitsspeicher und werden nicht ver\u00f6ffentlicht; Messungen und Ladevorg\u00e4nge laufen weiter",
  ],
  [
    "Free space in `state_dir`, or correct the permissions of `intervals.db`. The service retries each minute and continues with the state in the file. Cleared when the file can be used",
    "In `state_dir` Platz schaffen oder die Rechte von `intervals.db` berichtigen. Der Dienst versucht es jede Minute wieder und macht mit dem Stand der Datei weiter. Endet, wenn die Datei verwendet werden kann",
  ],
  // DuplicateSite
  [
    "Another process serves a meter with the same name at the same site",
    "Ein anderer Prozess bedient am selben Standort einen Z\u00e4hler mit demselben Namen",
  ],
  [
    "The message names the other process and its host. Give one of the two another `site` or other meter names, or stop it. A process that has not served the meter yet waits. Cleared when the other process has stopped",
    "Die Meldung nennt den anderen Prozess und seinen Rechner. Einem der beiden ein anderes `site` oder andere Namen der Z\u00e4hler geben, oder ihn beenden. Ein Prozess, der den Z\u00e4hler noch nicht bedient hat, wartet. Endet, wenn der andere Prozess beendet ist",
  ],
  // AccessDenied
  [
    "The NATS server denies subjects that the service needs",
    "Der NATS-Server verweigert Subjects, die der Dienst braucht",
  ],
  [
    "Add the permissions that the message names to the user of the node; `docs/fleet.md` lists all of them",
    "Dem Benutzer des Knotens die Rechte geben, die die Meldung nennt; `docs/fleet.md` f\u00fchrt alle auf",
  ],
  // DiskSpaceLow
  [
    "The disk of `state_dir` has less than `journal.alarm_free_mb` free",
    "Auf dem Datentr\u00e4ger von `state_dir` sind weniger als `journal.alarm_free_mb` frei",
  ],
  [
    "Free space before the journal can no longer be written. Cleared when the free space is 10 % above the limit",
    "Platz schaffen, bevor das Journal nicht mehr geschrieben werden kann. Endet, wenn 10 % mehr frei ist als die Grenze",
  ],
  // JournalFailed
  [
    "The journal cannot be read or written, or its file was removed or replaced. Starts are refused and records stay on their meters",
    "Das Journal kann nicht gelesen oder geschrieben werden, oder seine Datei wurde entfernt oder ersetzt. Starts werden abgelehnt, und Datens\u00e4tze bleiben auf ihren Z\u00e4hlern",
  ],
  [
    "Free space in `state_dir` or correct its permissions. The service retries and writes a removed journal again. If another file is in its place, put the right file there and restart the service",
    "In `state_dir` Platz schaffen oder die Rechte berichtigen. Der Dienst versucht es wieder und schreibt ein entferntes Journal neu. Liegt eine andere Datei an seiner Stelle, die richtige Datei dorthin legen und den Dienst neu starten",
  ],
  // JournalDamaged
  [
    "A damaged journal was replaced by a new one with the readable data. Or the journal in use is damaged: starts are refused and records stay on their meters. Or a column of a row is damaged",
    "Ein besch\u00e4digtes Journal wurde durch ein neues mit den lesbaren Daten ersetzt. Oder das Journal in Gebrauch ist besch\u00e4digt: Starts werden abgelehnt, und Datens\u00e4tze bleiben auf ihren Z\u00e4hlern. Oder eine Spalte einer Zeile ist besch\u00e4digt",
  ],
  [
    "Restart the service if the message says so. Move the file that the message names out of `state_dir` and keep it for repair. Compare a damaged row with a backup. Cleared when no damage is left",
    "Den Dienst neu starten, wenn die Meldung es verlangt. Die Datei, die die Meldung nennt, aus `state_dir` herausnehmen und f\u00fcr die Reparatur aufbewahren. Eine besch\u00e4digte Zeile mit einer Sicherung vergleichen. Endet, wenn kein Schaden mehr da ist",
  ],
  // ConfigurationRefused
  [
    "The configuration was read again and refused: it has mistakes, or it changes a key that needs a restart. The old configuration stays in force",
    "Die Konfiguration wurde neu gelesen und abgelehnt: sie hat Fehler, oder sie \u00e4ndert einen Schl\u00fcssel, der einen Neustart braucht. Die alte Konfiguration gilt weiter",
  ],
  [
    "Correct what the message names and reload, or restart the service. Cleared when a configuration is accepted",
    "Berichtigen, was die Meldung nennt, und neu laden, oder den Dienst neu starten. Endet, wenn eine Konfiguration angenommen ist",
  ],
  // ClockNotSynchronised
  [
    "The kernel reports this machine's clock as unsynchronised (with `clock.require_sync`), or the clock shows an impossible time",
    "Der Kernel meldet die Uhr dieses Rechners als nicht synchronisiert (mit `clock.require_sync`), oder die Uhr zeigt eine unm\u00f6gliche Zeit",
  ],
  [
    "Check NTP or chrony. No meter clock is set until the machine's clock is right; metering and charging continue",
    "NTP oder chrony pr\u00fcfen. Keine Uhr eines Z\u00e4hlers wird gestellt, bis die Uhr des Rechners stimmt; Messen und Laden gehen weiter",
  ],
];
