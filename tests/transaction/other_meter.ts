import { PhysicalMeter } from "./physical_meter.ts";
import type { World } from "./world.ts";

/** A second meter of the world with the same name and unit. */
export function otherMeter(world: World): PhysicalMeter {
  const other = new PhysicalMeter("BY7654321");
  other.isStored = (file) => world.isStored(file);
  return other;
}
