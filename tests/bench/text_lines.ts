/** Text in pieces becomes lines, each without its end; what follows the last end is dropped. */
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
