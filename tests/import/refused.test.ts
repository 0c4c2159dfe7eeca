// What is wrong with the folder of a training is refused with its diagnostic, which says what it is and
// where; an import writes nothing then.

import { execFileSync } from "node:child_process";
import { cpSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Change,
  ChangedTraining,
  edited,
  file,
  header,
  instead,
  record,
  spec,
  TABLE,
  weights,
} from "./changed-training.ts";
import { readRecord, writeRecord } from "./trained.ts";

let training: ChangedTraining;
beforeAll(async () => {
  training = await ChangedTraining.make();
});
afterAll(() => training.remove());

describe("is refused, with what it is and where:", () => {
  test.each<[string, Change, string, RegExp]>([
    ["no folder", (out) => rmSync(out, { recursive: true }), "training-missing", /no trained.json/],
    [
      "a training that goes on",
      (out) => rmSync(join(out, "trained.json")),
      "training-missing",
      /no finished training/,
    ],
    [
      "a record cut short",
      (out) => truncateSync(join(out, "trained.json"), 300),
      "training-damaged",
      /trained.json is not JSON/,
    ],
    [
      "a record that is no text",
      (out) => writeFileSync(join(out, "trained.json"), Buffer.of(0xff, 0xfe)),
      "training-damaged",
      /not in UTF-8/,
    ],
    ["another version", record({ version: 2 }), "training-version", /version 2 .* reads 1/],
    ["a record without weights", record({ spec: undefined }), "training-damaged", /no object as "spec"/],
    ["an epoch that was not trained", record({ epoch: 3 }), "training-damaged", /keeps epoch 3 of 2/],
    [
      "endless epochs",
      record({ epochs: 2 ** 53 - 1 }),
      "training-damaged",
      /metrics.jsonl has no line of epoch 3/,
    ],
    [
      "a name that writes on the terminal",
      record({ environment: { torch: "\u001b[2J" } }),
      "training-damaged",
      /one line.* as "torch" of "environment"/,
    ],
    [
      "a spec that is none",
      record({ spec: { text: "model" } }),
      "training-of-another-network",
      /has a spec that this dinc refuses: /,
    ],
    [
      "another network",
      record({ spec: { text: spec.replace("dense(4", "dense(5") } }),
      "training-of-another-network",
      /has a network that this dinc does not make/,
    ],
    [
      "another dropout",
      record({ spec: { text: spec.replace("|> dense(1)", "|> dropout(0.5) |> dense(1)") } }),
      "training-of-another-network",
      /has a training step that this dinc does not make/,
    ],
    [
      "other settings",
      record({ settings: { optimizer: { beta1: 0.5 } } }),
      "training-of-another-network",
      /train settings/,
    ],
    [
      "weights that are missing",
      (out) => rmSync(join(out, "weights.safetensors")),
      "training-damaged",
      /weights.safetensors is missing/,
    ],
    [
      "weights cut short",
      (out) => truncateSync(join(out, "weights.safetensors"), 100),
      "training-damaged",
      /100 bytes instead of/,
    ],
    [
      "weights cut short, with the hash of that",
      async (out) => {
        truncateSync(join(out, "weights.safetensors"), 700);
        await writeRecord(out, readRecord(out));
      },
      "training-weights-mismatch",
      /claims a header of|should hold/,
    ],
    [
      "weights that are a folder",
      instead("weights.safetensors", (path) => cpSync(training.at("rows"), path, { recursive: true })),
      "training-damaged",
      /it is a folder/,
    ],
    [
      "weights that are a pipe",
      instead("weights.safetensors", (path) => execFileSync("mkfifo", [path])),
      "training-damaged",
      /it is a pipe/,
    ],
    [
      "weights without an end",
      instead("weights.safetensors", (path) => symlinkSync("/dev/zero", path)),
      "training-damaged",
      /it is a device/,
    ],
    [
      "a record without an end",
      instead("trained.json", (path) => symlinkSync("/dev/zero", path)),
      "training-damaged",
      /does not end/,
    ],
    [
      "NaN",
      weights((all) => edited(all, (old) => old.map((x, i) => (i === 9 ? Number.NaN : x)))),
      "training-weights-mismatch",
      /has NaN in row 2, column 1 of "table.item_id"/,
    ],
    [
      "a table of other rows",
      weights((all) => edited(all, (old) => old.subarray(4), [8, 4])),
      "training-weights-mismatch",
      /"table.item_id" in shape \[8, 4\] instead of \[9, 4\]/,
    ],
    [
      "a table lying down",
      weights((all) => edited(all, (old) => old, [4, 9])),
      "training-weights-mismatch",
      /shape \[4, 9\]/,
    ],
    [
      "no table",
      weights((all) => all.delete(TABLE)),
      "training-weights-mismatch",
      /lacks "table.item_id" of shape \[9, 4\]/,
    ],
    [
      "slots of the optimizer",
      weights((all) => all.set("table.item_id.m", all.get(TABLE)!)),
      "training-weights-mismatch",
      /has "table.item_id.m", which the model has not/,
    ],
    [
      "a name that is a path",
      weights((all) => all.set("table.../../../../tmp/x", all.get(TABLE)!)),
      "training-weights-mismatch",
      /which the model has not/,
    ],
    [
      "half floats",
      header((text) => text.replace('"F32"', '"F16"')),
      "training-weights-mismatch",
      /of type F16, not F32/,
    ],
    [
      "a header longer than the file",
      header((text) => text, 1n << 40n),
      "training-weights-mismatch",
      /claims a header/,
    ],
    ["a header of nothing", header(() => ""), "training-weights-mismatch", /not JSON/],
    [
      "a metric that is no number",
      file("metrics.jsonl", (text) => text.replace(/"auc":[\d.]+/, '"auc":NaN')),
      "training-damaged",
      /metrics.jsonl is not JSON, in line 1/,
    ],
    [
      "a line of another split",
      file("metrics.jsonl", (text) => text.replace('"test"', '"night"')),
      "training-damaged",
      /has the split "night", in line 1/,
    ],
    [
      "no last epoch",
      file("metrics.jsonl", (text) => text.replace(/.*\n$/, "")),
      "training-damaged",
      /has no line of epoch 2/,
    ],
    [
      "another score",
      file("golden.json", (text) => text.replace(/"click":\[[^,]*/, '"click":[0.25')),
      "golden-row-differs",
      /golden row 1 with the logit 0.25 for click/,
    ],
    [
      "rows that are none of the table's",
      file("golden.json", (text) => text.replace('"item_id":[', '"item_id":[99,')),
      "training-damaged",
      /golden.json has 21 values of item_id/,
    ],
    [
      "rows that lie nowhere",
      record({ prepared: { path: "/dev/null" } }),
      "import-rows-missing",
      /cannot read the prepared rows at \/dev\/null/,
    ],
    [
      "other rows",
      (out) => record({ prepared: { path: training.at("others") } })(out),
      "import-rows-differ",
      /does not hold the rows of the training/,
    ],
  ])("%s", async (_name, change, name, message) => {
    const [found, ...more] = await training.imported(change);
    expect(more).toEqual([]);
    expect(found!.message).toMatch(message);
    expect(found!.name).toBe(name);
  });

  test("other rows that are named", async () => {
    expect((await training.imported(() => {}, training.at("others")))[0]!.name).toBe("import-rows-differ");
  });
});

test("names that a path could be made of make none", async () => {
  const hostile = record({
    model: "../../x",
    spec: { path: "/etc/../tmp/x.din" },
    given: JSON.parse('{ "../../x": 3, "__proto__": 1 }'),
  });
  expect(await training.imported(hostile)).toEqual([]);
});

test("a metric that differs is told, and the run has dinc's", async () => {
  const wrong = file("metrics.jsonl", (text) => text.replaceAll(/"auc":[\d.]+/g, '"auc":0.123'));
  const [warning, ...more] = await training.imported(wrong);
  expect(more).toEqual([]);
  expect(warning!).toMatchObject({ name: "imported-metrics-differ", severity: "warning" });
  expect(warning!.message).toMatch(/measured auc 0.12300 of click on the test rows; dinc measures 0\.\d{5}/);
});

test("a line that is written again counts", async () => {
  const again = file("metrics.jsonl", (text) =>
    text.replace(/^(.*)\n/, (line) => line.replace(/"auc":[\d.]+/, '"auc":0.5') + line),
  );
  expect(await training.imported(again)).toEqual([]);
});
