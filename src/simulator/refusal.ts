/** The meter refuses a request: it answers with `exception`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly exception: number, message: string) {
    super(message);
  }
}
