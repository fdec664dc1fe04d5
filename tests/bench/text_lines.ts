/** Splits chunks of text into lines without line breaks; drops text after the last line break. */
export class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(piece, out) {
        const lines = `${rest}${piece}`.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) out.enqueue(line);
      },
    });
  }
}
