// Cases about runs, what is made from them, and rows that were prepared.

import {
  changed,
  type DataCase,
  PREPARE,
  PRICED_BY,
  seenByUser,
  TIMED,
  TRAIN,
  timedRows,
  usualFiles,
} from "./folder.ts";

export const runCases: Readonly<Record<string, DataCase>> = {
  "two-tower-of-candidates": {
    files: { "model.din": seenByUser },
    command: "compile model.din --target two-tower --out user",
  },
  "inputs-stay-encoded": {
    ...changed("model.din", "item_id : id", "item_id : id(hash: 1000)"),
    command: "compile model.din --target onnx --inputs raw --out scorer",
  },
  "data-unexpected": changed("dinc.yaml", "data:", 'expect: { columns: { price: "range 0 .. 8" } }\ndata:'),
  "not-stats": {
    files: { "stats.json": "null\n" },
    before: [TRAIN],
    command: "test-data --stats stats.json --run run",
  },
  "stats-of-another-run": {
    files: {
      "stats.json": `${JSON.stringify({
        about: { model: "shop", program: "0f3a", run: "5d1c0b7e9a2f4c68", version: "0.1.0" },
        ...{ since: 1795773600000, requests: 0, candidates: 0, features: {}, histories: {}, scores: {} },
      })}\n`,
    },
    before: [TRAIN],
    command: "test-data --stats stats.json --run run",
  },
  "patch-refused": {
    before: [TRAIN, "compile run --out ranker"],
    command: "weights apply run ranker/model.weights.bin --out new.weights.bin",
  },
  "no-module-there": { before: [TRAIN], command: "compile run --weights-only --out ranker" },
  "weights-of-other-program": {
    files: { "wider.din": usualFiles["model.din"]!.replace("mlp([16])", "mlp([32])") },
    before: [TRAIN, "compile run --out ranker", "train wider.din --out wider"],
    command: "compile wider --weights-only --out ranker",
  },
  "output-exists": { before: [TRAIN] },
  "output-not-a-run": { files: { "run/thesis.txt": "years of work\n" }, command: `${TRAIN} --force` },
  "prepared-missing": { command: "train --rows rows --out run" },
  "prepared-differs": {
    files: { "linear.din": usualFiles["model.din"]!.replace(" |> log1p", "") },
    before: [PREPARE],
    command: "train linear.din --rows rows --out run",
  },
  "prepared-of-others": {
    before: [TRAIN, `${PREPARE} --limit 2`],
    command: "eval run --rows rows --split train",
  },
  "output-not-prepared": { files: { "rows/thesis.txt": "years of work\n" }, command: `${PREPARE} --force` },
  "plan-lacks": {
    ...changed("model.din", "user_id : id ", "user_id : id(hash: 1000) "),
    command: `${PREPARE} --plan spark`,
  },
  unsealable: { command: `${PREPARE} --seal` },
  "read-otherwise": {
    files: {
      "dinc.yaml": `spec: model.din
data:
  train: rows.csv
  test: rows.csv
  label: { from: stars, positive: ">= 4" }
`,
      "rows.csv": `user_id,item_id,price,clicked_items,stars
u1,a,9.5,b|c,5
u1,b,3.0,c,3
u2,c,7.25,,4
u2,a,9.5,b,1
`,
    },
    before: [TRAIN],
    command: "eval run -c dinc.yaml --set data.label.positive=5",
  },
  "calibration-of-seen-rows": { before: [TRAIN], command: "calibrate run --data rows.csv" },
  "calibration-without-validation-rows": { before: [TRAIN], command: "calibrate run -c dinc.yaml" },
  "calibration-of-other-validation-rows": {
    files: {
      "dinc.yaml": `spec: model.din
data:
  train: rows.csv
  validate: { rows: random, share: 0.5 }
`,
    },
    before: [TRAIN],
    command: "calibrate run -c dinc.yaml --set data.validate.share=0.25",
  },
  "calibration-of-trained-period": {
    files: timedRows,
    before: [`train ${TIMED} --set data.since=2026-11-01 --set data.until=2026-11-02 --out run`],
    command: `calibrate run -c dinc.yaml ${TIMED}`,
  },
  "calibration-of-one-class": {
    files: {
      "clicks.csv": `user_id,item_id,price,clicked_items,click
u1,c,4.5,b,1
u2,b,3.0,c,1
`,
    },
    before: [TRAIN],
    command: "calibrate run --data clicks.csv",
  },
  "calibration-of-weighted-rows": {
    files: {
      "model.din": [
        "label click : binary",
        "features training { dwell : number }\nlabel click : binary(weight: dwell)",
      ],
      "rows.csv": `user_id,item_id,price,clicked_items,click,dwell
u1,a,9.5,b|c,1,30
u1,b,3.0,c,0,1
`,
      "clicks.csv": `user_id,item_id,price,clicked_items,click,dwell
u1,c,4.5,b,1,12
u2,b,3.0,c,0,1
`,
    },
    before: [TRAIN],
    command: "calibrate run --data clicks.csv",
  },
  "ablation-refused": {
    files: {
      "model.din": `model match
features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : binary
net { predict click = dot(user_id, item_id) |> sigmoid }
train { batch 4  epochs 1 }
`,
      "dinc.yaml": ["train: rows.csv\n", "train: rows.csv\n  validate: { rows: random, share: 0.5 }\n"],
    },
    command: "ablate --only user_id --out ablation",
  },
  "ablation-of-another-model": {
    files: {
      "dinc.yaml": ["train: rows.csv\n", "train: rows.csv\n  validate: { rows: random, share: 0.5 }\n"],
    },
    before: ["ablate --only price --out ablation"],
    command: "ablate --only price --out ablation --set train.epochs=2",
  },
  "does-nothing": {
    files: {
      "model.din": [
        "train { batch 4  epochs 1 }",
        "train { batch 4  epochs 1  metrics log_loss, gauc(by: user_id) }",
      ],
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,1.0,b|c,1
u1,b,1.0,c,0
u2,c,1.0,,1
u2,a,1.0,b,0
`,
    },
    before: [TRAIN],
    command: "importance run --data rows.csv",
  },
  "ablation-without-rows": { command: "ablate --out ablation" },
  "no-such-table": { before: [TRAIN], command: "export embeddings run --out items.parquet" },
  "rows-without-ids": {
    files: { "model.din": ["user_id : id ", "user_id : id(hash: 1000) "] },
    before: [TRAIN],
    command: "export embeddings run --table user_id --out users.npy",
  },
  "unknown-binding": { command: "compile model.din --target c --bindings python,golang --out library" },
  "bindings-without-table": {
    command: "compile model.din --target c --bindings python --without-table item_id --out library",
  },
  "two-tower-mixed": { command: "compile model.din --target two-tower --out user" },
  "two-tower-one-sided": {
    files: {
      "model.din": `model popular
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`,
    },
    command: "compile model.din --target two-tower --out user",
  },
  "two-tower-calibrated": {
    files: {
      "valid.csv": "user_id,item_id,price,clicked_items,click\nu1,b,1.0,a,1\nu2,a,2.5,c,0\nu1,c,4.0,b,0\n",
    },
    before: [TRAIN, "calibrate run --data valid.csv"],
    command: "export items run --data valid.csv --out vectors.parquet",
  },
  "only-first-epoch": { command: `${PREPARE} --order trained --shards 2 --set train.epochs=3` },
  "prepared-exists": { before: [PREPARE], command: PREPARE },
  "renames-nothing": { before: [TRAIN], command: "train --from run --rename item=item_id --out next" },
  "renamed-to-nothing": { before: [TRAIN], command: "train --from run --rename item_id=item --out next" },
  "nothing-fits": {
    before: [TRAIN],
    files: {
      "small.din": `model small
features item { item_id : id  embed 2 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`,
    },
    command: "train small.din --from run --out next",
  },
  "rows-of-other-ids": {
    before: [TRAIN, `${PREPARE} --set data.train=tuesday.csv`],
    files: {
      "tuesday.csv": `user_id,item_id,price,clicked_items,click
u3,d,5.0,c|d,1
u2,d,5.0,,0
`,
    },
    command: "train --from run --rows rows --out next",
  },
  "output-is-input": { before: [TRAIN], command: "predict run --data rows.csv --out ./rows.csv" },
  "negative-under-log1p": changed("rows.csv", "3.0", "-3.0"),
  "calibrates-nothing": {
    files: { "model.din": PRICED_BY },
    before: [TRAIN],
    command: "calibrate run --data rows.csv",
  },
  "two-towers-of-classes": {
    files: {
      "model.din": `model mood
features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : int(0..2)
net { predict click = concat(user_id, item_id) |> dense(3) |> softmax }
train { batch 4  epochs 1 }
`,
    },
    command: "compile model.din --target two-tower --out user",
  },
  "output-not-generated": {
    files: { "ranker/notes.txt": "mine\n" },
    command: "compile model.din --target ts --out ranker",
  },
  "no-runs": { files: { "runs/notes.txt": "none yet\n" }, command: "runs runs" },
  "run-unlisted": {
    files: { "runs/broken/manifest.json": "{}\n", "runs/broken/model.din": "model shop\n" },
    before: ["train --out runs/whole"],
    command: "runs runs",
  },
  "nothing-in-common": {
    files: {
      "loss.din": usualFiles["model.din"]!.replace("epochs 1", "epochs 1  metrics log_loss"),
      "order.din": usualFiles["model.din"]!.replace("epochs 1", "epochs 1  metrics auc"),
    },
    before: ["train loss.din --out a", "train order.din --out b"],
    command: "diff a b --data rows.csv",
  },
  "unknown-run-column": { before: ["train --out runs/first"], command: "runs runs --sort auc" },
};
