// Settings as other tools write them: the message names what dinc.yaml or the spec has in their place.

import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";

const base = "spec: model.din\n";
const rows = `${base}data:\n  train: clicks.csv\n`;

test.each([
  ["learning_rate: 1e-3", "`train.learning_rate`"],
  ["epochs: 3", "`train.epochs`"],
  ["num_epochs: 3", "`train.epochs`"],
  ["batch-size: 256", "`train.batch`"],
  ["lr: 0.001", "optimizer adam(learning_rate: 1e-3)"],
  ["seed: 42", "`train.seed`"],
  ["model: model.din", "`spec: model.din`"],
  ["train: clicks.csv", "data: { train: clicks.csv }"],
  ["train: {epoch: 3}", "did you mean `epochs`?"],
  ["train: {optimizer: Adam(lr=0.001)}", "in `train { … }` of the spec"],
  ["train: {loss: bce}", "in `train { … }` of the spec"],
  ["train: {early_stopping: 2}", "stop early(patience: 2)"],
  ["train: {patience: 2}", "stop early(patience: 2)"],
  ["train: {metrics: [auc]}", "in `train { … }` of the spec"],
  ["train: {l2: 1e-5}", "regularize l2("],
  ["train: {dropout: 0.1}", "dropout(0.2)"],
  ["train: {device: cuda}", "dinc train --help"],
  ["valid: clicks.csv", "`data.valid`"],
])("%s", (line, help) => {
  expect(helpsOf(base + line)).toContain(help);
});

test.each([
  ["path: rows.csv", "`data.train: clicks.csv`"],
  ["validation: valid.csv", "`data.valid: valid.csv`"],
  ["test_size: 0.1", "data.validate: { share: 0.1"],
  ['sep: ";"', "data.csv: { delimiter"],
  ['delimiter: ";"', "`data.csv.delimiter`"],
  ["batch_size: 10", "`train.batch`"],
  ["shuffle: true", "rows are shuffled"],
  ["validate: 0.1", "validate: { share: 0.1"],
  ["label: clicked", "label click : binary"],
  ["timezone: UTC", "did you mean `time_zone`?"],
])("data: %s", (line, help) => {
  expect(helpsOf(`${rows}  ${line}`)).toContain(help);
});

function helpsOf(text: string): string {
  const system = { environment: () => undefined, problemOf: () => null };
  const { diagnostics } = readSettings(sourceFile("dinc.yaml", text), [], system);
  expect(diagnostics.map(({ severity }) => severity)).toContain("error");
  return diagnostics.map(({ help = "" }) => help).join("\n");
}
