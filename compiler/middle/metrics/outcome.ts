// What rows have as a label, as far as metrics ask.

/** 0 or 1, a share from 0 to 1, an amount, one of several classes. */
export type Outcome = "binary" | "share" | "number" | "class";
