// The kinds of labels that metrics distinguish.

/** 0 or 1, a share from 0 to 1, an amount, one of several classes. */
export type Outcome = "binary" | "share" | "number" | "class";
