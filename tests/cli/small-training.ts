// A training of some seconds on rows that are made up: long enough to be interrupted, with what a resumed one
// could get wrong (batch statistics, dropout, Adam's slots).

import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes dinc.yaml, the spec and the rows; test rows where `testRows` says how many. */
export function writeSmallTraining(folder: string, epochs: number, testRows: number | null = null): void {
  const item = (i: number) => (i * i * 7 + i) % 97;
  const line = (i: number) => `${item(i)},${item(i + 1)}|${item(i + 2)},${item(i) % 3 === i % 2 ? 1 : 0}`;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const csv = (rows: number) =>
    `item_id,clicked,click\n${Array.from({ length: rows }, (_, i) => line(i)).join("\n")}\n`;
  write(
    "model.din",
    `model tiny
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(16, dice) |> dropout(0.2) |> dense(1) |> sigmoid }
train { batch 16  epochs ${epochs}  optimizer adam(learning_rate: 1e-3) }
`,
  );
  write("train.csv", csv(8000));
  if (testRows !== null) write("test.csv", csv(testRows));
  const test = testRows === null ? "" : ", test: test.csv";
  write("dinc.yaml", `spec: model.din\ndata: { train: train.csv${test} }\n`);
}
