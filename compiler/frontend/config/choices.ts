// Words that settings of dinc.yaml and options of the command line share, with their meanings.

/** The formats of files with rows, for help texts. */
export const formatsText = "CSV, Parquet, Arrow, NumPy or JSON";

/** Policies for rows that cannot be read. */
export const badRowPolicies = {
  fail: "Nothing is trained; the first row of each mistake is named.",
  skip: "Such rows are left out, and a warning says how many there are of each kind.",
  count: "Like `fail`, but only after every file was read to its end.",
} as const;

export type BadRowPolicy = keyof typeof badRowPolicies;

/** The position of the latest step in a list. */
export const stepOrders = {
  latest_last: "Lists end with the latest step.",
  latest_first: "Lists begin with the latest step.",
} as const;

export type StepOrder = keyof typeof stepOrders;

/** Ways to choose the rows that are kept aside, apart from the choice by user. */
export const splitChoices = {
  random: "Each row is drawn at random, independently.",
  last: "The rows at the end of the file; if the file is in the order of time, they are the latest.",
} as const;

export type SplitChoice = keyof typeof splitChoices;
