import assert from "node:assert/strict";
import { hex } from "../../src/base/hex.ts";
import { modelNames } from "../../src/base/meter_names.ts";
import { type Field, meterModels } from "../../src/meter/mod.ts";
import { modelNamed, modelRegisters } from "../support/model_registers.ts";

const threePhases = `
  voltageL1 0000h i32 0.1 V
  voltageL2 0002h i32 0.1 V
  voltageL3 0004h i32 0.1 V
  currentL1 000Ch i32 0.001 A
  currentL2 000Eh i32 0.001 A
  currentL3 0010h i32 0.001 A
  powerL1 0012h i32 0.1 W
  powerL2 0014h i32 0.1 W
  powerL3 0016h i32 0.1 W
  reactivePowerL1 001Eh i32 0.1 var
  reactivePowerL2 0020h i32 0.1 var
  reactivePowerL3 0022h i32 0.1 var
  powerTotal 0028h i32 0.1 W
  reactivePowerTotal 002Ch i32 0.1 var
  phaseSequence 0032h i16
  frequency 0033h i16 0.1 Hz`;

const threePhasesExtended = `
  voltageL1L2 0006h i32 0.1 V
  voltageL2L3 0008h i32 0.1 V
  voltageL3L1 000Ah i32 0.1 V
  apparentPowerL1 0018h i32 0.1 VA
  apparentPowerL2 001Ah i32 0.1 VA
  apparentPowerL3 001Ch i32 0.1 VA
  apparentPowerTotal 002Ah i32 0.1 VA
  powerFactorL1 002Eh i16
  powerFactorL2 002Fh i16
  powerFactorL3 0030h i16
  powerFactorTotal 0031h i16`;

/** Each value of a model with its register, from the documents of the manufacturers. */
const values: Readonly<Record<string, string>> = {
  em580: `
  firmware measure 0302h u16
  firmware communication 0303h u16
  serial number 5000h char[7]
  production year 5007h u16${threePhases}${threePhasesExtended}
  energy import by phase 0510h i64 1 Wh
  energy import by phase 0514h i64 1 Wh
  energy import by phase 0518h i64 1 Wh
  energy import 0500h i64 1 Wh
  energy export 051Ch i64 1 Wh
  temperature 0307h i16 0.1 degC
  device state 5012h u16`,
  em300: `
  firmware measure 0302h u16
  firmware measure 0303h u16
  serial number 5000h lowChar[7]
  serial number 5000h char[7]
  production year 5010h u16
  measuring system 1002h u16
  wiring 1103h u16
  wiring 1105h u16
  wiring 1104h u16${threePhases.split("\n  phaseSequence")[0]}${threePhasesExtended}
  phaseSequence 0032h i16
  frequency 0033h i16 0.1 Hz
  energy import 0400h i32 1 kWh
  energy import 0402h i32 1 Wh
  energy export 0408h i32 1 kWh
  energy export 040Ah i32 1 Wh
  energy import by phase 0510h i64 1 Wh
  energy import by phase 0514h i64 1 Wh
  energy import by phase 0518h i64 1 Wh
  energy import 0500h i64 1 Wh
  energy export 051Ch i64 1 Wh
  energy import by phase 0040h i32 0.1 kWh
  energy import by phase 0042h i32 0.1 kWh
  energy import by phase 0044h i32 0.1 kWh
  energy import 0034h i32 0.1 kWh
  energy export 004Eh i32 0.1 kWh`,
  em530: `
  firmware measure 0302h u16
  serial number 5000h char[7]
  production year 5007h u16
  measuring system 1002h u16
  wiring 1103h u16${threePhases.split("\n  phaseSequence")[0]}${threePhasesExtended}
  phaseSequence 0032h i16
  frequency 0033h i16 0.1 Hz
  energy import by phase 0510h i64 1 Wh
  energy import by phase 0514h i64 1 Wh
  energy import by phase 0518h i64 1 Wh
  energy import 0500h i64 1 Wh
  energy export 051Ch i64 1 Wh
  energy import by phase 0040h i32 0.1 kWh
  energy import by phase 0042h i32 0.1 kWh
  energy import by phase 0044h i32 0.1 kWh
  energy import 0034h i32 0.1 kWh
  energy export 004Eh i32 0.1 kWh`,
  em24: `
  firmware measure 0302h u16
  firmware measure 0303h u16
  serial number 1300h char[7]
  measuring system 1102h u16
  wiring 1101h u16
  voltageL1 0000h i32 0.1 V
  voltageL2 0002h i32 0.1 V
  voltageL3 0004h i32 0.1 V
  currentL1 000Ch i32 0.001 A
  currentL2 000Eh i32 0.001 A
  currentL3 0010h i32 0.001 A
  powerL1 0012h i32 0.1 W
  powerL2 0014h i32 0.1 W
  powerL3 0016h i32 0.1 W
  reactivePowerL1 001Eh i32 0.1 var
  reactivePowerL2 0020h i32 0.1 var
  reactivePowerL3 0022h i32 0.1 var
  powerTotal 0028h i32 0.1 W
  reactivePowerTotal 002Ch i32 0.1 var
  phaseSequence 0036h i16
  frequency 0037h i16 0.1 Hz
  energy import 003Eh i32 0.1 kWh
  energy export 005Ch i32 0.1 kWh
  energy import 003Eh i32 0.1 kWh`,
  em24_ethernet: `
  firmware measure 0302h u16
  firmware communication 0304h u16
  serial number 5000h char[7]
  measuring system 1002h u16
  wiring A000h u16${threePhases}${threePhasesExtended}
  energy import by phase 0040h i32 0.1 kWh
  energy import by phase 0042h i32 0.1 kWh
  energy import by phase 0044h i32 0.1 kWh
  energy import 0034h i32 0.1 kWh
  energy export 004Eh i32 0.1 kWh`,
  em100: `
  firmware measure 0302h u16
  firmware measure 0303h u16
  serial number 5000h lowChar[7]
  serial number 5000h char[7]
  production year 5010h u16
  voltageL1 0000h i32 0.1 V
  currentL1 0002h i32 0.001 A
  powerL1 0004h i32 0.1 W
  powerTotal 0004h i32 0.1 W
  reactivePowerL1 0008h i32 0.1 var
  reactivePowerTotal 0008h i32 0.1 var
  frequency 000Fh i16 0.1 Hz
  energy import 0010h i32 0.1 kWh
  energy export 0020h i32 0.1 kWh`,
};

const typeOf = ({ as, words }: Field) => words === undefined ? as : `${as}[${words}]`;
const stepOf = ({ unit, exp = 0 }: Field) => unit === undefined ? "" : ` ${10 ** exp} ${unit}`;

Deno.test("every model has exactly these values in these registers", () => {
  assert.deepEqual(meterModels.map(({ name }) => name), Object.keys(values));
  for (const [model, expected] of Object.entries(values)) {
    const found = modelRegisters(modelNamed(model)).map(({ name, field }) =>
      `${name} ${hex(field.at)}h ${typeOf(field)}${stepOf(field)}`
    );
    assert.deepEqual(found, expected.trim().split("\n").map((line) => line.trim()), model);
  }
});

Deno.test("every block of live values is one request, and contains its fields completely", () => {
  for (const { name, maxWords, singleWordRegisters, live } of meterModels) {
    for (const { start, words, fields } of live) {
      assert.ok(words <= maxWords, `${name}: ${words} words at ${hex(start)}h`);
      assert.ok(words === 1 || !Object.values(fields).some(({ at }) => singleWordRegisters.includes(at)), name);
      for (const field of Object.values(fields)) {
        const end = field.at + (field.as === "i32" ? 2 : 1);
        assert.ok(field.at >= start && end <= start + words, `${name}: ${hex(field.at)}h`);
      }
    }
  }
});

Deno.test("the configuration can force each model", () => {
  assert.deepEqual(modelNames, meterModels.map(({ name }) => name));
});

Deno.test("no identification code belongs to two models", () => {
  const codes = meterModels.flatMap((model) => model.codes);
  assert.deepEqual(codes.length, new Set(codes).size);
});
