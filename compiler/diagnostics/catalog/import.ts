// Catalogue: mistakes that `dinc import` finds in a training of a TorchRec package. Codes DIN0640–DIN0649.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning } from "./define.ts";

export const trainingMissing = defineError<{ path: string }>({
  code: "DIN0640",
  name: "training-missing",
  message: ({ path }) => `${path} holds no finished training of a package: it has no trained.json`,
  help: () =>
    wording`name the folder that \`torchrun … --out\` wrote; after an interruption finish it with ${option("resume")}`,
  explanation:
    "`dinc import` reads the folder that a training of a TorchRec package writes: weights.safetensors, metrics.jsonl, golden.json and trained.json. trained.json is written last, so in a folder without it the training has not ended, or the folder is of another kind.",
});

export const trainingDamaged = defineError<{ path: string; reason: string }>({
  code: "DIN0641",
  name: "training-damaged",
  message: ({ path, reason }) => `the training cannot be imported: ${path} ${reason}`,
  help: () =>
    wording`copy the folder again, or train again with ${option("resume")}, which writes its results again`,
  explanation:
    "trained.json states the size and the hash of every other file that an import reads. One of these files is missing, cut short, changed, or not in its format. Files are compared before anything is read from them.",
});

export const trainingVersion = defineError<{ path: string; version: string; read: string }>({
  code: "DIN0642",
  name: "training-version",
  message: ({ path, version, read }) =>
    `${path} is written in version ${version} of its format; this dinc reads ${read}`,
  help: () => "import with the version of dinc that wrote the package",
  explanation:
    "The version of dinc that imports weights must be the version that wrote the package, or one with the same format. trained.json says which version wrote the package.",
});

/** The mismatch, as a clause that completes "trained.json …". */
const otherNetwork = {
  spec: "has a spec that this dinc refuses",
  settings: "has train settings that its spec does not have",
  step: "has a training step that this dinc does not make from its spec",
  network: "has a network that this dinc does not make from its spec",
} as const;

export const trainingOtherNetwork = defineError<{
  path: string;
  what: keyof typeof otherNetwork;
  /** For a spec, its first mistake. */
  mistake: string | null;
  trained: string;
  here: string;
}>({
  code: "DIN0643",
  name: "training-of-another-network",
  message: ({ path, what, mistake }) =>
    `${path} ${otherNetwork[what]}${mistake === null ? "" : `: ${mistake}`}`,
  help: ({ trained, here }) =>
    trained === here
      ? `trained.json was changed, or another build of dinc ${here} wrote the package: copy the folder again, or compile the package again and train it`
      : `import with dinc ${trained}, which wrote the package, or compile the package again with dinc ${here} and train it`,
  explanation:
    "trained.json has the spec that the package was compiled from, and the hashes of the network and of its training step. dinc makes both again from the spec. If they differ, weights would be put into another network than the one that was trained, and scores would be meaningless.",
});

export const trainingWeightsMismatch = defineError<{ path: string; reason: string }>({
  code: "DIN0644",
  name: "training-weights-mismatch",
  message: ({ path, reason }) => `the trained weights do not fit the model: ${path} ${reason}`,
  help: () =>
    "train with the package and the prepared rows as they were written; weights that another program wrote need dinc's names and shapes, in 32-bit floats",
  explanation:
    "weights.safetensors must contain every table and every dense parameter of the model, and nothing else, under dinc's names, in dinc's shapes, as finite 32-bit floats. The sizes of tables follow from the vocabularies of the prepared rows.",
});

export const importRowsMissing = defineError<{ path: string; reason: string }>({
  code: "DIN0645",
  name: "import-rows-missing",
  message: ({ path, reason }) => `cannot read the prepared rows at ${path}: ${reason}`,
  help: () => wording`name the folder that \`dinc prepare\` wrote with ${option("rows")}`,
  explanation:
    "An import takes vocabularies and transforms from the prepared rows, and measures the model on their validation and test rows. trained.json says where the training read them; on another machine they may be elsewhere.",
});

export const importRowsDiffer = defineError<{ path: string; trained: string; found: string }>({
  code: "DIN0646",
  name: "import-rows-differ",
  message: ({ path, trained, found }) =>
    `${path} does not hold the rows of the training: its prepared.json has the hash ${found}, not ${trained}`,
  help: () =>
    wording`name the folder that the training read with ${option("rows")}, or train again on this one`,
  explanation:
    "prepared.json has the hashes of vocabularies, transforms and rows. If the training read other ones, ids may mean other values, and every score would be wrong without any error.",
});

export const goldenDiffers = defineError<{
  row: number;
  label: string;
  torch: number;
  dinc: number;
  allowed: number;
}>({
  code: "DIN0647",
  name: "golden-row-differs",
  message: ({ row, label, torch, dinc }) =>
    `PyTorch scored golden row ${row} with the logit ${torch} for ${label}; dinc's reference gives ${dinc}`,
  help: ({ allowed }) =>
    `at most ${allowed.toPrecision(2)} is rounding; a changed model.py computes something else: compile the package again, or report this with the spec`,
  explanation:
    "At the end of a training, PyTorch scores some rows with the weights that it writes. dinc scores the same rows with the same weights by its reference, in 64-bit floats. A larger difference than rounding means that the two networks are not the same, usually because model.py was changed by hand. Nothing is imported then.",
});

export const importedMetricsDiffer = defineWarning<{
  split: string;
  label: string;
  metric: string;
  torch: number;
  dinc: number;
}>({
  code: "DIN0648",
  name: "imported-metrics-differ",
  message: ({ split, label, metric, torch, dinc }) =>
    `the training measured ${metric} ${torch.toFixed(5)} of ${label} on the ${split} rows; dinc measures ${dinc.toFixed(5)} with the same weights`,
  help: () => "the run has dinc's value; look for rows that the training left out, or reduced precision",
  explanation:
    "Golden rows agree, so the network is the same one. Metrics over all rows should then differ by rounding only. A larger difference shows that the training measured other rows, or computed in a lower precision.",
});
