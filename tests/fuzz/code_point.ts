import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * Any Unicode character, like `fc.string({ unit: "binary" })`. That unit first builds a table of all 1.1 million
 * characters, which takes seconds in every process that loads a property.
 */
export const codePoint: fc.Arbitrary<string> = fc.nat(0x10ffff - surrogates.count).map(
  (index) => String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count),
  (text) => {
    const point = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (point === undefined || text !== String.fromCodePoint(point)) throw new TypeError("Not one character");
    if (point < surrogates.first) return point;
    if (point < surrogates.first + surrogates.count) throw new TypeError("Half a character");
    return point - surrogates.count;
  },
);
