/** What most series give for a value over its range. */
export const overRange = { i16: 0x7fff, i32: 0x7fff_ffff } as const;
