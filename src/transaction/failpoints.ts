/** The steps between which a crash must do no harm, in the order in which one transaction passes them. */
export const failpoints = [
  "start.before_intent",
  "start.after_intent",
  "start.before_fields",
  "start.after_fields",
  "start.before_begin",
  "start.after_begin",
  "start.before_running",
  "start.after_running",
  "start.after_start_value",
  "start.before_answer",
  "end.before_intent",
  "end.after_intent",
  "end.before_command",
  "end.after_command",
  "record.before_read",
  "record.after_read",
  "record.after_store",
  "record.after_verdict",
  "record.before_confirm",
  "record.after_confirm",
  "stop.before_answer",
] as const;

/** One of {@linkcode failpoints}. */
export type Failpoint = typeof failpoints[number];
