// Catalogue: models that other libraries trained. Codes DIN0620, DIN0621, DIN0624, DIN0635–DIN0638, DIN0849,
// DIN0866.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning } from "./define.ts";

export const checkpointUnreadable = defineError<{ path: string; reason: string }>({
  code: "DIN0620",
  name: "checkpoint-unreadable",
  message: ({ path, reason }) => `the checkpoint cannot be imported: ${path} ${reason}`,
  help: () =>
    "give the file that the library saved, a `state_dict` of torch.save or safetensors in 32-bit floats, with the files of its data set beside it",
  explanation:
    "`dinc import --from` reads the weights of a model that another library trained, and the files with the library's vocabularies. dinc reads the archive of `torch.save` itself: names in it are only compared, and nothing in it is executed. A file that is cut short, of another kind, or has anything but tensors in it is refused before anything is written.",
});

export const vocabularyUnfit = defineError<{ path: string; feature: string; reason: string }>({
  code: "DIN0621",
  name: "imported-vocabulary-unfit",
  message: ({ path, feature, reason }) => `the vocabulary of \`${feature}\` in ${path} ${reason}`,
  help: () =>
    "declare the feature as `id`, which takes the library's vocabulary as it is, or with all values of that vocabulary",
  explanation:
    "Every row of the library's table belongs to a value. The feature of the spec must have an id for each of these values, and no two may have the same id: otherwise rows would be lost, and scores would differ without a message. `id` takes the values of the library; `enum`, `int` and `id(size: n)` must contain them. Crosses, hashed values and texts have ids that the library does not have.",
});

export const weightWithoutSource = defineError<{
  weight: string;
  shape: string;
  library: string;
  candidates: readonly string[];
}>({
  code: "DIN0624",
  name: "weight-without-source",
  message: ({ weight, shape, library, candidates }) =>
    candidates.length === 0
      ? `\`${weight}\` of shape ${shape} has no source: no unused weight of the ${library} model has this shape`
      : `\`${weight}\` of shape ${shape} has no certain source; candidates are ${candidates.join(", ")}`,
  help: ({ weight, candidates }) =>
    wording`change the spec to the network that was trained, or name the source in a map: ${option("map", "weights.yaml")} with \`weights: { ${weight}: ${candidates[0] ?? 0} }\``,
  explanation:
    "Weights are found by their features, shapes and order. A weight for which no weight of the checkpoint is left, or several, is not guessed. The spec may have another width, one layer more, or a bias that the library does not have. A map of weights names sources explicitly: a name of the checkpoint, a number for every element, or an expression such as `transpose(w)`, `rows(w, 0, 16)` or `a + b`.",
});

export const weightWithoutUse = defineError<{ path: string; weight: string; shape: string }>({
  code: "DIN0635",
  name: "weight-without-use",
  message: ({ path, weight, shape }) =>
    `${path} has \`${weight}\` of shape ${shape}, and no weight of the spec takes it`,
  help: ({ weight }) =>
    wording`add the missing part to the spec, or write in a map (${option("map", "weights.yaml")}) which weight takes it, or \`unused: [${weight}]\` if scores do not depend on it`,
  explanation:
    "Every weight of the checkpoint takes part in the library's scores, unless it serves only the training. If the spec has no place for one, its network is another one.",
});

export const weightMapMistake = defineError<{ path: string; reason: string }>({
  code: "DIN0636",
  name: "weight-map-mistake",
  message: ({ path, reason }) => `the map of weights cannot be used: ${path} ${reason}`,
  help: () =>
    "write `weights:` with names of the spec's weights and expressions over the checkpoint's, and `unused:` with names; `docs/migration.md` shows one",
  explanation:
    "A map has two keys. `weights` has an expression for each weight or table of the spec that is not found by itself: names of the checkpoint, `+`, a factor `2 * w`, and the functions transpose, rows, columns, concat, concat_columns, reshape and identity. Weights are as the library stores them: a linear layer of PyTorch has the shape [out, in], and dinc's kernel [in, out]. `unused` lists weights of the checkpoint that no score depends on; `*` stands for any text.",
});

export const normaliserMissing = defineError<{ feature: string; transform: string; files: string }>({
  code: "DIN0637",
  name: "imported-normaliser-missing",
  message: ({ feature, transform, files }) =>
    `\`${feature}\` has \`${transform}\`, and ${files} has no fitted numbers for it`,
  help: () =>
    "declare the number as the library read it: without the transform, or with the one that it fitted",
  explanation:
    "A transform such as `standardize` learns numbers from training rows, and an import reads no rows. The numbers come from the library's own normaliser of the same kind: a StandardScaler for `standardize`, a MinMaxScaler for `min_max`.",
});

export const importedScoresDiffer = defineError<{
  library: string;
  row: number;
  label: string;
  theirs: number;
  dinc: number;
  tolerance: number;
  over: number;
  rows: number;
}>({
  code: "DIN0638",
  name: "imported-scores-differ",
  message: ({ library, row, label, theirs, dinc, over, rows }) =>
    `${library} scored row ${row} with ${theirs} for ${label}, and dinc gives ${dinc}: ${over} of ${rows} rows differ by more than the tolerance`,
  help: () =>
    "compare the order of features in the spec with the library's, activations, and weights of equal shape; a map names sources explicitly",
  explanation:
    "All weights have a place, but the network of the spec computes something else. The usual reasons: the spec joins features in another order than the library's feature map, an activation or a normalisation differs, two layers of one shape are exchanged, or the rows are read differently (separators, missing values, the order of steps). Nothing is written.",
});

export const scoresUnusable = defineError<{ path: string; reason: string }>({
  code: "DIN0849",
  name: "imported-scores-unusable",
  message: ({ path, reason }) => `the scored rows cannot be compared: ${path} ${reason}`,
  help: () =>
    "write the library's predictions beside the raw values of each row, in the column `score`, as probabilities",
  explanation:
    "Golden rows are rows with the raw values of all features, as the spec reads them, and with the score that the library gave to each: the column `score`, or `score_NAME` for each prediction of a spec that has several.",
});

export const weightsByOrder = defineWarning<{ library: string; weights: readonly string[] }>({
  code: "DIN0866",
  name: "weights-by-order",
  message: ({ weights }) =>
    `${weights.length} weights have the shape of another one and were matched by their order: ${weights.slice(0, 4).join(", ")}${weights.length > 4 ? ", …" : ""}`,
  help: ({ library }) =>
    wording`compare with rows that ${library} has scored: ${option("golden", "scored.csv")}`,
  explanation:
    "Layers of equal shape are matched in the order in which the spec computes them and the library defines them. These orders are usually the same. Rows with the library's own scores show whether they are.",
});
