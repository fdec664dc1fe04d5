/** The meter refuses a request and answers with `exception`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly exception: number, message: string) {
    super(message);
  }
}
