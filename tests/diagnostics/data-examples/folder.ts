// The usual files of a case's folder, and functions that change them.

export interface DataCase {
  /** Beside or instead of the usual files, or a usual file changed in one place; shown in the example. */
  readonly files?: Readonly<Record<string, string | readonly [from: string, to: string]>>;
  /** Commands that are run before, unshown. */
  readonly before?: readonly string[];
  /** The command line without `dinc`. */
  readonly command?: string;
}

/** The files of a folder without mistakes. */
export const usualFiles: Readonly<Record<string, string>> = {
  "model.din": `model shop

features user { user_id : id  embed 8 }
features item {
  item_id : id  embed 8
  price   : number |> log1p
}
history clicks(max: 20) { item_id <-> clicked_items }
label click : binary

net {
  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1) |> sigmoid
}

train { batch 4  epochs 1 }
`,
  "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,9.5,b|c,1
u1,b,3.0,c,0
u2,c,7.25,,1
u2,a,9.5,b,0
`,
  "dinc.yaml": `spec: model.din
data:
  train: rows.csv
`,
};

/** The usual model with a number for its label. */
export const PRICED_BY: readonly [from: string, to: string] = [
  "label click : binary\n\nnet {\n  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1) |> sigmoid",
  "label click : number\n\nnet {\n  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1)",
];

/** The usual model with scores that depend on the other rows of a user. */
export const seenByUser: readonly [from: string, to: string] = [
  "mean(clicks))",
  "mean(clicks), mean(candidates(item_id, by: user_id, max: 6)))",
];

/** Rows with the time of each. */
export const timedRows = {
  "rows.csv": `user_id,item_id,price,clicked_items,click,at
u1,a,9.5,b|c,1,2026-11-01 09:30
u2,c,7.25,,0,2026-11-02 18:00
`,
};

export const TIMED = "--set data.time=at";

export const TRAIN = "train --out run";

export const PREPARE = "prepare --out rows";

export const changed = (file: string, from: string, to: string, command?: string): DataCase => ({
  files: { [file]: [from, to] },
  ...(command === undefined ? {} : { command }),
});

/** The spec with another kind for the item, and a row that does not fit it. */
export const kind = (written: string, value: string): DataCase => ({
  files: {
    "model.din": ["item_id : id ", `item_id : ${written} `],
    "rows.csv": `user_id,item_id,price,clicked_items,click
u1,1,9.5,2,1
u1,${value},3.0,,0
`,
  },
});

export const events = (log: string, more: string, order = "time"): DataCase => ({
  files: {
    "dinc.yaml": `spec: model.din
data:
  events: { path: log.csv, user: user_id, item: item_id, order: ${order} }
  items: { path: items.csv, key: item_id }
  examples: { positives: each_event, negatives: { per_positive: 1, sample: uniform, exclude: seen }, split: leave_last_out }
`,
    "log.csv": `user_id,item_id,time\n${log}`,
    "items.csv": `item_id,price\n${more}`,
  },
});

/** Files of two days, all that the training rows are. */
export const days = (second: string, name = "days/2.csv"): DataCase => ({
  files: {
    "days/1.csv": "user_id,item_id,price,clicked_items,click\nu1,a,9.5,b|c,1\nu1,b,3.0,c,0\n",
    [name]: second,
  },
  command: `${TRAIN} --set data.train=days`,
});
