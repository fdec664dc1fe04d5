import fc from "fast-check";
import * as z from "zod";
import { fileSchema } from "../../src/config/file_schema.ts";
import { withoutWrappers } from "../../src/config/sections.ts";
import { allowedValues, candidateValues } from "./candidate_values.ts";

type Mapping = Record<string, unknown>;

/** Files of allowed values with some of the keys, and at most two changes at any place. */
export function generatedFiles(): fc.Arbitrary<Mapping> {
  const changes = fc.array(fc.record({ at: fc.nat(), value: fc.option(candidate(), { nil: undefined }) }), {
    maxLength: 2,
  });
  return fc.tuple(validFile(fileSchema).map(distinct), changes).map(([original, changes]) => {
    const file = structuredClone(original);
    for (const { at, value } of changes) {
      const places = placesIn(file);
      const place = places[at % places.length];
      if (place === undefined) continue;
      if (value === undefined) delete place.parent[place.key];
      else place.parent[place.key] = structuredClone(value);
    }
    return file;
  });
}

function candidate(): fc.Arbitrary<unknown> {
  return fc.constantFrom(...candidateValues(z.string()));
}

function validFile({ shape }: z.ZodObject): fc.Arbitrary<Mapping> {
  const members = Object.entries(shape).map(([key, schema]) => {
    const isRequired = !schema.safeParse(undefined).success;
    return fc.oneof(
      { weight: isRequired ? 0 : 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: valid(schema).map((value) => [[key, value]]) },
    );
  });
  return fc.tuple(...members).map((entries) => Object.fromEntries(entries.flat()));
}

/** Gives each line and meter the values that must be unique. */
function distinct(file: Mapping): Mapping {
  const mappings = (list: unknown): Mapping[] => Array.isArray(list) ? list : [];
  mappings(file["lines"]).forEach((line, index) => {
    Object.assign(line, { name: `line-${index}` }, !("gateway" in line) && { serial_port: `/dev/ttyUSB${index}` });
    mappings(line["meters"]).forEach((meter, at) => {
      Object.assign(meter, { name: `evse-${index}-${at}`, powermeter_device_id: at + 1 });
    });
  });
  return file;
}

function valid(schema: unknown): fc.Arbitrary<unknown> {
  const inner = withoutWrappers(schema);
  if (inner instanceof z.ZodObject) return validFile(inner);
  if (inner instanceof z.ZodArray) return fc.array(valid(inner.element), { minLength: 1, maxLength: 2 });
  return fc.constantFrom(...(inner instanceof z.ZodType ? allowedValues(inner) : []));
}

/** Every value of a file, with a further key in each mapping. */
function placesIn(value: unknown): { parent: Mapping; key: string }[] {
  if (Array.isArray(value)) return value.flatMap(placesIn);
  if (typeof value !== "object" || value === null) return [];
  const parent: Mapping = Object(value);
  const own = Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])]);
  return [...own, { parent, key: "unknown_key" }];
}
