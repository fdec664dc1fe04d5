import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { requestBody } from "../../src/contract/request_body.ts";
import { parseRequest } from "../../src/contract/parse_request.ts";
import {
  startRequestOf,
  statusRequestSchema,
  stopRequestSchema,
  transactionRequestSchema,
} from "../../src/contract/transaction_schemas.ts";
import { requestText } from "../../src/transaction/start_request.ts";
import { requestFields } from "../../src/transaction/request_fields.ts";
import { requestWarnings } from "../../src/transaction/request_warnings.ts";
import { transactionText } from "../../src/transaction/transaction_text.ts";
import { startRequest } from "../transaction/world.ts";

const parse = (request: unknown) => parseRequest(transactionRequestSchema, request);
const startRequestIn = (request: unknown) => startRequestOf(parse(request));

function assertRefused(request: unknown, ...mentions: RegExp[]): void {
  assert.throws(() => parse(request), (error) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "INVALID_REQUEST");
    for (const mention of mentions) assert.match(error.message, mention);
    return true;
  });
}

const without = (key: string) =>
  Object.fromEntries(Object.entries(startRequest("tx-1")).filter(([name]) => name !== key));

Deno.test("parseRequest sets the defaults of optional fields and ignores unknown fields", () => {
  const request = parse({
    evse_id: "",
    transaction_id: "a",
    identification_status: "NOT_ASSIGNED",
    identification_type: "NONE",
    identification_flags: [],
    extra: 1,
  });
  assert.deepEqual(request, {
    evse_id: "",
    transaction_id: "a",
    identification_status: "NOT_ASSIGNED",
    identification_type: "NONE",
    identification_flags: [],
    identification_level: "NONE",
    identification_data: "",
    tariff_text: "",
    charging_point_type: "EVSEID",
    session_modality: "charging",
    supersede: true,
  });
});

Deno.test("parseRequest treats null in an optional field as absent, and refuses it in a required field", () => {
  const bare = { ...without("identification_data"), identification_level: "NONE" };
  const nulls = {
    identification_level: null,
    identification_data: null,
    tariff_text: null,
    charging_point_type: null,
    session_modality: null,
    supersede: null,
  };
  assert.deepEqual(parse({ ...bare, ...nulls }), parse({ ...bare, tariff_text: "" }));
  for (const key of Object.keys(bare).filter((name) => !(name in nulls))) {
    assertRefused({ ...bare, [key]: null }, new RegExp(`${key} .*null`));
  }
  assert.deepEqual(parseRequest(statusRequestSchema, { transaction_id: null }).transaction_id ?? "", "");
  assert.throws(() => parseRequest(stopRequestSchema, { transaction_id: null }), { code: "INVALID_REQUEST" });
});

Deno.test("parseRequest refuses ids that have more than 250 characters", () => {
  const longest = "\u{1F50C}".repeat(250);
  for (const field of ["evse_id", "identification_data"]) {
    parse({ ...startRequest("tx-1"), [field]: longest });
    assertRefused(
      { ...startRequest("tx-1"), [field]: `${longest}x` },
      new RegExp(`${field} may have at most 250 characters`),
    );
  }
  const parsers = [
    (body: object) => parseRequest(stopRequestSchema, body),
    (body: object) => parseRequest(statusRequestSchema, body),
  ];
  for (const parseId of parsers) {
    assert.equal(parseId({ transaction_id: longest }).transaction_id, longest);
    assert.throws(() => parseId({ transaction_id: `${longest}x` }), {
      code: "INVALID_REQUEST",
      message: /transaction_id may have at most 250 characters/,
    });
  }
});

Deno.test("parseRequest refuses a value that is not an object", () => {
  for (const request of [undefined, null, 3, "x", []]) assertRefused(request, /the payload/);
});

Deno.test("parseRequest names every missing field", () => {
  assertRefused(
    {},
    /evse_id/,
    /transaction_id/,
    /identification_status/,
    /identification_type/,
    /identification_flags/,
  );
  for (
    const key of ["evse_id", "transaction_id", "identification_status", "identification_type", "identification_flags"]
  ) {
    assertRefused(without(key), new RegExp(`${key} is missing`));
  }
});

Deno.test("parseRequest names all problems, each with what was found and what is allowed", () => {
  assertRefused(
    {
      ...startRequest(""),
      evse_id: 7,
      identification_status: "MAYBE",
      identification_type: "CARD",
      identification_level: 3,
      identification_flags: ["RFID_GOLD"],
      tariff_text: "x".repeat(251),
    },
    /evse_id must be a string, found a number/,
    /transaction_id must not be empty/,
    /identification_status is "MAYBE": must be one of ASSIGNED, NOT_ASSIGNED/,
    /identification_type is "CARD": must be one of NONE, DENIED, .*, KEY_CODE/,
    /identification_level is 3: must be one of NONE, HEARSAY/,
    /identification_flags\[0\] is "RFID_GOLD": must be one of RFID_NONE, .*, PLMN_SMS/,
    /tariff_text may have at most 250 characters/,
  );
});

Deno.test("a refusal does not contain what was found in place of a text: it is logged, and can identify a customer", () => {
  const tag = 4_711_081_599;
  for (const key of ["identification_data", "evse_id", "tariff_text", "transaction_id"]) {
    for (const found of [tag, [String(tag)], { tag }]) {
      assert.throws(
        () => parse({ ...startRequest("tx-1"), [key]: found }),
        (error) => !String(error).includes(`${tag}`),
      );
    }
  }
  for (const payload of [`${tag}`, `"${tag}"`, `["${tag}"]`, `{"identification_data": ${tag}`]) {
    assert.throws(() => requestBody(new TextEncoder().encode(payload)), ({ message, code }) => {
      assert.equal(code, "INVALID_REQUEST");
      return !message.includes(`${tag}`);
    });
  }
});

Deno.test("parseRequest accepts at most four flags", () => {
  const flags = (...identification_flags: string[]) => ({ ...startRequest("tx-1"), identification_flags });
  assert.ok(parse(flags("RFID_PSK", "OCPP_CERTIFIED", "ISO15118_PNC", "PLMN_SMS")));
  assertRefused(
    flags("RFID_PSK", "OCPP_RS", "ISO15118_PNC", "PLMN_SMS", "RFID_NONE"),
    /identification_flags may contain at most four flags, found 5/,
  );
});

Deno.test("parseRequest accepts ids of 1 to 64 allowed characters", () => {
  for (const id of ["a", "x".repeat(64), "DE*ABC*E1", "A-Z_=:+@./#", "12345678-1234-5678-1234-567812345678"]) {
    assert.equal(parse(startRequest(id)).transaction_id, id);
  }
  for (const id of ["", "x".repeat(65), "a b", "a<b", "\u00e4", "a\n", "a\u0000"]) {
    assertRefused(startRequest(id), /transaction_id/);
  }
});

Deno.test("parseRequest refuses texts that do not fit into a register or a record", () => {
  for (const text of ["a\u0000b", "line\nbreak", "\ud83d"]) {
    for (const key of ["evse_id", "identification_data", "tariff_text"]) {
      assertRefused({ ...startRequest("tx-1"), [key]: text }, new RegExp(`${key} must contain no control`));
    }
  }
});

Deno.test("parseRequest counts the characters of a tariff text, not its bytes", () => {
  assert.ok(parse({ ...startRequest("tx-1"), tariff_text: "\u{1f50c}".repeat(250) }));
  assertRefused({ ...startRequest("tx-1"), tariff_text: "\u{1f50c}".repeat(251) }, /tariff_text/);
});

Deno.test("requestFields writes the number of each flag to the register of its group", () => {
  const of = (...identification_flags: string[]) =>
    requestFields(startRequestIn({ ...startRequest("tx-1"), identification_flags }), silentLog).identificationFlags;
  assert.deepEqual(of(), [0, 0, 0, 0]);
  assert.deepEqual(of("OCPP_RS"), [0, 1, 0, 0]);
  assert.deepEqual(of("PLMN_SMS", "ISO15118_PNC", "OCPP_CERTIFIED", "RFID_PSK"), [3, 7, 1, 2]);
  assert.deepEqual(of("RFID_NONE", "PLMN_RING"), [0, 0, 0, 1]);
});

Deno.test("requestFields uses the first flag of a group and warns about the others", () => {
  const of = (...identification_flags: string[]) => {
    const request = startRequestIn({ ...startRequest("tx-1"), identification_flags });
    return [requestFields(request, silentLog).identificationFlags, requestWarnings(request)];
  };
  assert.deepEqual(of("OCPP_RS_TLS", "OCPP_AUTH_TLS"), [
    [0, 3, 0, 0],
    ["identification_flags: OCPP_AUTH_TLS is omitted: the meter stores only one flag of the group, OCPP_RS_TLS"],
  ]);
  assert.deepEqual(of("RFID_NONE", "PLMN_SMS", "RFID_PSK", "RFID_PLAIN"), [
    [0, 0, 0, 2],
    ["identification_flags: RFID_PSK, RFID_PLAIN are omitted: the meter stores only one flag of the group, RFID_NONE"],
  ]);
  assert.deepEqual(of("PLMN_SMS", "PLMN_SMS"), [[0, 0, 0, 2], []]);
});

Deno.test("requestFields converts the kind of the charging point and the direction of the energy to numbers", () => {
  const of = (more: Record<string, unknown>) => {
    const fields = requestFields(startRequestIn({ ...startRequest("tx-1"), ...more }), silentLog);
    return [fields.chargingPointType, fields.sessionModality];
  };
  assert.deepEqual(of({}), [0, 0]);
  assert.deepEqual(of({ charging_point_type: "CBIDC", session_modality: "vehicle_to_grid" }), [1, 1]);
  assert.deepEqual(of({ charging_point_type: "EVSEID", session_modality: "bidirectional" }), [0, 2]);
  assertRefused(
    { ...startRequest("tx-1"), charging_point_type: "CBID", session_modality: "discharging" },
    /charging_point_type is "CBID": must be one of EVSEID, CBIDC/,
    /session_modality is "discharging": must be one of charging, vehicle_to_grid, bidirectional/,
  );
});

Deno.test("requestFields cuts texts between two characters and warns", () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const fields = requestFields(
    startRequestIn({
      ...startRequest("x".repeat(64)),
      evse_id: "\u00e4".repeat(20),
      identification_data: "d".repeat(40),
      tariff_text: "\u20ac".repeat(100),
      identification_level: "CERTIFIED",
      identification_type: "KEY_CODE",
    }),
    log,
  );
  assert.equal(fields.chargingPoint, "\u00e4".repeat(19));
  assert.equal(fields.identificationData, "d".repeat(39));
  assert.equal(fields.tariffText, `${"\u20ac".repeat(61)}<=>${"x".repeat(64)}`);
  assert.deepEqual([fields.identificationLevel, fields.identificationType], [4, 90]);
  const cut = warnings.filter((warning) => warning.includes(" is cut: ")).map((warning) => warning.split(" ")[0]);
  assert.deepEqual(cut, ["identification_data", "evse_id", "tariff_text"]);
});

Deno.test("transactionText fills 250 bytes and never cuts the id", () => {
  assert.deepEqual(transactionText("t".repeat(243), "1234"), { text: `${"t".repeat(243)}<=>1234`, cut: false });
  assert.deepEqual(transactionText("t".repeat(244), "1234"), { text: `${"t".repeat(243)}<=>1234`, cut: true });
  assert.deepEqual(transactionText("", "1234"), { text: "<=>1234", cut: false });
});

Deno.test("the journal stores a request in the form of earlier releases, byte for byte", () => {
  const request = {
    evse_id: "DE*TST*E1",
    transaction_id: "tx-1",
    identification_status: "ASSIGNED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN", "OCPP_RS_TLS"],
    identification_level: "VERIFIED",
    identification_data: "1F2D_aB",
    tariff_text: "0.30 EUR/kWh \u20ac",
    charging_point_type: "CBIDC",
    session_modality: "vehicle_to_grid",
  };
  assert.equal(requestText(startRequestIn(request)), JSON.stringify(request));
});
