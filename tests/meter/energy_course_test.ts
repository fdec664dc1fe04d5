import assert from "node:assert/strict";
import { type CourseValues, EnergyCourse } from "../../src/meter/energy_course.ts";

const second = 1_000;

/** A course with energies of 5 MWh and 1 MWh at 0 ms. */
function course(powerW: CourseValues["powerW"] = {}): EnergyCourse {
  const energies = new EnergyCourse();
  energies.add({ energyImportWh: 5_000_000, energyExportWh: 1_000_000, powerW }, 0);
  return energies;
}

Deno.test("EnergyCourse is not continued by lower energies, or by higher ones without power", () => {
  const cases = [
    [{ energyImportWh: 5_000_000, energyExportWh: 1_000_000 }, true],
    [{ energyImportWh: 5_000_200, energyExportWh: 1_000_200 }, true],
    [{ energyImportWh: 4_999_999, energyExportWh: 1_000_000 }, false],
    [{ energyImportWh: 5_000_000, energyExportWh: 999_999 }, false],
    [{ energyImportWh: 5_000_201 }, false],
    [{ energyExportWh: 1_000_201 }, false],
    [{}, true],
  ] as const;
  for (const [values, continues] of cases) {
    assert.equal(course().isContinuedBy(values, second), continues, JSON.stringify(values));
  }
});

Deno.test("EnergyCourse does not decide about the first energies", () => {
  const energies = new EnergyCourse();
  assert.equal(energies.isContinuedBy({ powerW: { total: 1 } }, 0), true);
  assert.equal(energies.isContinuedBy({ energyImportWh: 1 }, 0), false);
});

Deno.test("EnergyCourse is continued by twice the energy of the highest power since the last energies", () => {
  const energies = course();
  energies.add({ powerW: { total: 22_000 } }, 30 * second);
  energies.add({ powerW: { total: 0 } }, 59 * second);
  assert.equal(energies.isContinuedBy({ energyImportWh: 5_000_933 }, 60 * second), true);
  assert.equal(energies.isContinuedBy({ energyImportWh: 5_000_934 }, 60 * second), false);
  energies.add({ energyImportWh: 5_000_300, powerW: { total: 0 } }, 60 * second);
  assert.equal(energies.isContinuedBy({ energyImportWh: 5_000_600 }, 120 * second), false);
});

Deno.test("EnergyCourse adds import and export of the phases", () => {
  const energies = course({ total: 0, L1: 20_000, L2: -20_000 });
  const values = { energyImportWh: 5_000_333, energyExportWh: 1_000_333 };
  assert.equal(energies.isContinuedBy(values, 60 * second), true);
});
