import assert from "node:assert/strict";
import { begin, end, payload, signed } from "../ocmf/samples.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { filled, record } from "./filled_journal.ts";

/** Parses a text according to RFC 4180: each line ends with CRLF, and a quoted field may contain anything. */
function parseCsv(text: string): Record<string, string>[] {
  const fields = [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)];
  assert.equal(fields.map(([whole]) => whole).join(""), text, "the text is CSV from its begin to its end");
  const rows: string[][] = [[]];
  for (const [, field = "", mark] of fields) {
    rows.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (mark === "\r\n") rows.push([]);
  }
  assert.deepEqual(rows.pop(), []);
  const [names = [], ...lines] = rows;
  for (const line of lines) assert.equal(line.length, names.length);
  return lines.map((line) => Object.fromEntries(names.map((name, index) => [name, line[index] ?? ""])));
}

async function exported(folder: TempFolder): Promise<Record<string, string>[]> {
  const { code, out, err } = await runCommand(["journal", "export", "--state-dir", folder.path, "--format", "csv"]);
  assert.deepEqual([code, err], [0, ""]);
  return parseCsv(out);
}

/** Exports one record with these fields and readings. */
async function exportedRow(fields: Record<string, unknown>, readings = [begin, end]): Promise<Record<string, string>> {
  using folder = new TempFolder();
  folder.open().storeRecord({ ...record("tx-1"), ocmf: signed(payload(readings, fields)) });
  const [row] = await exported(folder);
  return row ?? assert.fail("no row");
}

Deno.test("journal export --format csv has one line for each record, with its verdict and its session", async () => {
  using folder = new TempFolder();
  filled(folder);
  const [first, second, damaged, ...others] = await exported(folder);
  assert.deepEqual(first, {
    journal_seq: "1",
    message_id: folder.journal.record(1)?.messageId,
    site: "",
    meter: "evse-1",
    meter_id: "BY1.2025",
    transaction_id: "tx-1",
    reason: "stopped",
    read_at: "2026-01-10T12:00:00.000Z",
    delivered_at: "2026-01-11T12:00:00.000Z",
    signature: "valid",
    session: "ok",
    key: "first_seen",
    problems: "",
    begin_at: "2026-01-10T07:00:00.000Z",
    end_at: "2026-01-10T08:30:00.000Z",
    duration_s: "5400",
    time_quality: "S",
    energy_Wh: "22125",
    obis: "1-b:1.8.0",
    direction: "import",
    begin_Wh: "10000",
    end_Wh: "32125",
    loss_Wh: "",
    registers:
      '[{"obis":"1-b:1.8.0","direction":"import","billed":true,"begin_Wh":"10000","end_Wh":"32125","energy_Wh":"22125"}]',
    evse_id: "DE*TST*E1",
    charging_point_type: "EVSEID",
    identification_assigned: "true",
    identification_type: "NONE",
    identification_level: "NONE",
    identification_flags: "",
    identification_data: "",
    tariff_text: "0.30 & <more> \u20ac",
    pagination: "T7",
    meter_serial: "TEST0000001",
  });
  assert.deepEqual([second?.session, second?.problems, second?.delivered_at], ["violated", "T8 follows T6", ""]);
  assert.deepEqual([damaged?.signature, damaged?.registers, damaged?.energy_Wh], ["malformed", "", ""]);
  assert.equal(others.length, 1);
});

Deno.test("journal export --format csv writes only the names of the columns if no record matches", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const { out, err } = await runCommand(["journal", "export", ...place, "--format", "csv", "--since", "2027-01-01"]);
  assert.match(out, /^journal_seq,message_id,site,[a-zA-Z_,]+,meter_serial\r\n$/);
  assert.equal(err, "No records\n");
});

Deno.test("journal export --format csv quotes texts with quotes, commas and line breaks", async () => {
  const row = await exportedRow({ TT: 'a "b", c\r\nd\te<=>tx-1', ID: "1;2" });
  assert.deepEqual([row.tariff_text, row.identification_data], ['a "b", c\r\nd\te', "1;2"]);
});

Deno.test("journal export --format csv protects texts that a spreadsheet would calculate, and only these", async () => {
  for (const formula of ['=HYPERLINK("http://a")', "+1", "-1", "@SUM(A1)", "\uff1d1", "'=1"]) {
    const row = await exportedRow({ ID: formula, TT: `${formula}<=>${formula}` });
    assert.deepEqual(
      [row.identification_data, row.tariff_text],
      [`'${formula}`, `'${formula}`],
      "an apostrophe is added, which a program can remove",
    );
  }
  for (const separator of [";", "\t", "; ", "\r\n", ";\n"]) {
    // With such a separator, what follows it is a cell; then the quotes of the cell count for nothing
    const text = `a${separator}=1`;
    const cell = (await exportedRow({ TT: `${text}<=>tx-1` })).tariff_text ?? "";
    assert.doesNotMatch(cell, /[;\t\r\n]\s*=/);
    assert.equal(cell.replace(/(?<=^|[;\t\r\n])'/g, ""), text);
  }
  const row = await exportedRow({ ID: "04A=1-2" }, [{ ...begin, RV: "-1.000" }, { ...end, RV: "1.000" }]);
  assert.deepEqual([row.identification_data, row.begin_Wh, row.energy_Wh], ["04A=1-2", "-1000", "2000"]);
});

Deno.test("journal export --format csv shows characters that a terminal would execute", async () => {
  const row = await exportedRow({ ID: "a\u001b[2Jb\u202ec" });
  assert.equal(row.identification_data, "a\\x1b[2Jb\\u202ec");
});

Deno.test("journal export --format csv has the registers of a record that bills several", async () => {
  const [imported, given] = [{ RI: "1-0:B2.8.0" }, { RI: "1-0:C2.8.0" }];
  const row = await exportedRow({}, [
    { ...begin, ...imported },
    { ...begin, ...given },
    { ...end, ...imported },
    { ...end, ...given, RV: "11.5" },
  ]);
  assert.deepEqual([row.energy_Wh, row.obis, row.begin_Wh], ["", "", ""]);
  const registers = JSON.parse(row.registers ?? "") as { energy_Wh: string }[];
  assert.deepEqual(registers.map(({ energy_Wh }) => energy_Wh), ["22125", "1500"]);
});
