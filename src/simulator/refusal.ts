/** Modbus exceptions as these meters use them. */
export const exceptions = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3, deviceFailure: 4 } as const;

/** The meter refuses a request: it answers with `exception`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly exception: number, message: string) {
    super(message);
  }
}
