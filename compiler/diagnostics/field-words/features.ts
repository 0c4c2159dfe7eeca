// Kinds of features, transforms and label kinds of other systems, and their equivalents in dinc.

import { words } from "./define-words.ts";

export const kinds = words("a feature kind", [
  [
    "float double numeric real dense float32 float64 dense_feat raw_feature numeric_column continuous scalar decimal",
    { is: "number" },
  ],
  [
    "categorical category sparse string str char sparse_feat id_feature categorical_column object",
    { is: "id" },
  ],
  [
    "hash hashed hash_bucket categorical_column_with_hash_bucket",
    { is: "id", write: "id(hash: 10_000)  embed 8" },
  ],
  ["integer bucket int32 int64 long", { is: "int", write: "int(0..23)  embed 8" }],
  [
    "crossed interaction combine combo_feature crossed_column",
    { is: "cross", write: "cross(user_id, city, hash: 10_000)  embed 8" },
  ],
  ["words tokens sentence", { is: "text", write: "text(hash: 50_000, max: 20)  embed 8" }],
  ["dense_vector embedding array_float", { is: "vector", write: "vector(8)" }],
  [
    "multi multi_hot multi_valued list array bag varlen tag_feature var_len_sparse_feat",
    {
      is: "set",
      write: "set(id, max: 20)  embed 8",
      note: "several values per row are a set; what happened one after the other is a `history`",
    },
  ],
  [
    "sequence sequence_feature seq",
    { note: "a sequence is a `history` of its own: `history clicks(max: 50) { item_id <-> hist_item_id }`" },
  ],
  [
    "position pos step_index",
    {
      note: "positions of steps are made in `net`: `position(clicks, 8)`; a rank that the rows have is an `int`",
    },
  ],
  [
    "bool boolean binary flag",
    { write: "int(0..1)  embed 4", note: "or `number`, which enters the network as 0 and 1" },
  ],
  [
    "one_hot onehot indicator indicator_column",
    {
      write: 'enum("a", "b")  embed 4',
      note: "a table's rows are what one-hot vectors and a layer would give",
    },
  ],
  [
    "bucketized bucketized_column binned quantized discretized",
    { write: "number |> quantiles(10)  embed 8" },
  ],
  [
    "date datetime timestamp",
    {
      write: 'hour(zone: "Europe/Berlin")  embed 4',
      note: "what a clock shows of a time is a feature: its `hour`, `weekday`, `hour_of_week` or `month`; the difference of two, each a `time`, is a number",
    },
  ],
  ["hour_of_day", { is: "hour", write: 'hour(zone: "Europe/Berlin")  embed 4' }],
  ["day_of_week dow", { is: "weekday", write: 'weekday(zone: "Europe/Berlin")  embed 4' }],
  ["lookup_feature expr_feature", { note: "dinc computes no columns; write the value into the data" }],
]);

export const transforms = words("a transform", [
  ["log log2 log10 ln sqrt box_cox power", { is: "log1p" }],
  ["z_score zscore standard_scaler standardization normalize normalization scale", { is: "standardize" }],
  ["min_max_scaler min_max_scale rescale", { is: "min_max" }],
  ["clamp winsorize cap truncate", { is: "clip", write: "clip(0, 100)" }],
  ["bucketize bucketized binning cut digitize", { is: "buckets", write: "buckets(18, 30, 50)" }],
  ["quantile qcut kbins discretize equal_frequency", { is: "quantiles", write: "quantiles(10)" }],
  [
    "fill_na fillna impute fill default",
    { note: "what a missing value counts as stands with the kind: `number(missing: 0)`" },
  ],
  [
    "hour weekday hour_of_week month",
    { note: 'it is a kind, and its column holds times: `asked_at : hour(zone: "Europe/Berlin")  embed 4`' },
  ],
  ["round floor ceil abs square exp", { note: "dinc has none; write such a number into the data" }],
  [
    "one_hot hash embedding",
    { note: "a number has no ids; `quantiles(10)` or `buckets(18, 30)` make some, which take `embed 8`" },
  ],
]);

export const labelKinds = words("a label kind", [
  ["bool boolean classification binary_classification click", { is: "binary" }],
  ["soft probability share distillation", { write: "binary(soft)" }],
  ["regression float continuous real amount price seconds", { is: "number" }],
  ["rating stars ordinal", { is: "int", write: "int(1..5)" }],
  [
    "multiclass multi_class categorical category softmax classes",
    { is: "enum", write: 'enum("low", "high")' },
  ],
]);

export const types = words("a type", [
  ["tensor vector matrix", { is: "Vec", write: "Vec[d]" }],
  ["sequence array", { is: "Seq", write: "Seq[h, d]" }],
  ["scalar number real", { is: "Float", note: "a value of the network that is one number is a `Vec[1]`" }],
  ["integer", { is: "Int" }],
  ["str string text", { note: "a block takes no texts; a param of the spec may hold one" }],
  [
    "bool boolean",
    { is: "Vec", write: "Vec[1]", note: "a condition is a number, 1 where it holds and 0 elsewhere" },
  ],
  ["callable lambda func", { is: "Activation" }],
]);
