import { NatsError } from "nats";

const maxAttempts = 600;

/** Retries work while NATS refuses it or does not answer: a cluster elects a leader, or a server has just started. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NatsError) || attempt === maxAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
