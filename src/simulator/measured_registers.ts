import { registers } from "../meter/mod.ts";
import { encodeBlock, encodeField } from "./encode.ts";
import type { SimulatedIdentity } from "./identity.ts";
import { type Segment, shown } from "./memory.ts";
import type { MeterValues } from "./values.ts";

/** The 52 words of live values. */
export function liveWords(values: MeterValues): Uint8Array {
  const { voltageV, currentA, powerW, reactivePowerVar } = values;
  return encodeBlock(registers.live, {
    voltageL1: voltageV.L1,
    voltageL2: voltageV.L2,
    voltageL3: voltageV.L3,
    currentL1: currentA.L1,
    currentL2: currentA.L2,
    currentL3: currentA.L3,
    powerL1: powerW.L1,
    powerL2: powerW.L2,
    powerL3: powerW.L3,
    powerTotal: powerW.total,
    reactivePowerL1: reactivePowerVar.L1,
    reactivePowerL2: reactivePowerVar.L2,
    reactivePowerL3: reactivePowerVar.L3,
    reactivePowerTotal: reactivePowerVar.total,
    phaseSequence: values.phaseSequence,
    frequency: values.frequencyHz,
  });
}

/** The energy block of the EM580. */
export function em580EnergyWords({ energyImportWh, energyExportWh }: MeterValues): Uint8Array {
  return encodeBlock(registers.em580Energy, { importWh: BigInt(energyImportWh), exportWh: BigInt(energyExportWh) });
}

/** Identification, firmware, serial number, year and what is measured, of either family. */
export function measuredRegisters(identity: SimulatedIdentity, values: () => MeterValues): Segment[] {
  const { live, firmware } = registers;
  const both = [
    shown(live.start, live.words, () => liveWords(values())),
    shown(firmware.start, firmware.words, () => encodeBlock(firmware, identity.firmware)),
  ];
  return [
    ...both,
    ...(identity.kind === "em580" ? em580Registers(identity, values) : em340Registers(identity, values)),
  ];
}

function em580Registers({ serialNumber, productionYear = 0 }: SimulatedIdentity, values: () => MeterValues): Segment[] {
  const { em580Serial, em580Year, em580Energy, deviceState, temperature } = registers;
  return [
    shown(em580Serial.at, em580Serial.words, () => encodeField(em580Serial, serialNumber)),
    shown(em580Year.at, 1, () => encodeField(em580Year, productionYear)),
    shown(deviceState.at, 1, () => encodeField(deviceState, values().deviceState)),
    shown(em580Energy.start, em580Energy.words, () => em580EnergyWords(values())),
    shown(temperature.at, 1, () => encodeField(temperature, values().temperatureC)),
  ];
}

function em340Registers({ serialNumber, productionYear }: SimulatedIdentity, values: () => MeterValues): Segment[] {
  const { em300Serial, em300Year, em300Energy } = registers;
  const energies = () => {
    const { energyImportWh, energyExportWh } = values();
    return encodeBlock(em300Energy, {
      importKwh: BigInt(energyImportWh) / 1000n,
      importWhPart: BigInt(energyImportWh) % 1000n,
      exportKwh: BigInt(energyExportWh) / 1000n,
      exportWhPart: BigInt(energyExportWh) % 1000n,
    });
  };
  return [
    shown(em300Serial.at, em300Serial.words, () => encodeField(em300Serial, serialNumber)),
    ...(productionYear === undefined ? [] : [shown(em300Year.at, 1, () => encodeField(em300Year, productionYear))]),
    shown(em300Energy.start, em300Energy.words, energies),
  ];
}
