/** The steps of delivering a record and of answering a request. A crash between them must do no harm. */
export const natsFailpoints = [
  "outbox.before_publish",
  "outbox.after_acknowledgement",
  "answer.before_send",
  "answer.after_send",
] as const;

/** Awaited at each step; `detail` is the subject. */
export type NatsFailpoint = (name: typeof natsFailpoints[number], detail: string) => void | Promise<void>;
