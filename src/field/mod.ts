/**
 * A test of one real meter: checks the assumptions that no source confirms.
 *
 * @module
 */
export type { FieldContext, Verdict } from "./assumption.ts";
export { FieldMeter } from "./field_meter.ts";
export { assumptions, type Checked, fieldTest, type FieldTestOptions } from "./field_test.ts";
export { FrameLog } from "./frame_log.ts";
export { Mask } from "./mask.ts";
