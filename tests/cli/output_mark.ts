/** Ends the output of a command. The product escapes this character. */
export const endMark = "\x1e";
