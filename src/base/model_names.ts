/**
 * The names of the series of meters, for a configuration and for help texts. A test compares them with the models in
 * `src/meter/models`, which rooms of a lower rank cannot import.
 */
export const modelNames = ["em580", "em300", "em530", "em24", "em24_ethernet", "em100"] as const;
