// Places at which completion is asked: what is offered first there, what else, and what is not. Texts are sound once the
// blank at `┆` is filled, but for those of `broken`.

export interface Case {
  readonly text: string;
  /** In this order, before everything else. */
  readonly first?: readonly string[];
  /** All that is offered, in any order. */
  readonly all?: readonly string[];
  readonly some?: readonly string[];
  readonly none?: readonly string[];
}

const features = `features user {
  user_id : id  embed 8
  shop_id : id
  age     : number |> standardize
}
features item {
  item_id : id  embed 8
  price   : number
}
history clicks(max: 5) {
  item_id <-> hist_item_id
  dwell   : number
}
label click : binary
label buy : binary
`;

const inNet = (value: string) => `${features}net {
  let taste = user_id |> dense(4)
  let all   = clicks
  ${value}
}
`;

export const sound: Readonly<Record<string, Case>> = {
  "items in an empty file": {
    text: "┆",
    all: [
      "model",
      "import",
      "param",
      "features",
      "history",
      "label",
      "block",
      "net",
      "train",
      "tune",
      "variant",
    ],
  },
  "items that a spec has once": {
    text: "model a\n┆\nnet { }\n",
    some: ["train", "features"],
    none: ["model", "net", "user"],
  },
  "items in a variant": {
    text: "model a\nvariant b from a {\n  ┆\n}\n",
    all: ["param", "features", "history", "label", "block", "net", "train"],
  },
  "names to search for": {
    text: "model a\nparam rate = 1e-3\nparam units = [8]\ntune {\n  rate: log(1e-4..1e-2)\n  ┆\n}\n",
    first: ["units"],
    all: ["units", "train.batch", "train.epochs", "train.learning_rate"],
  },
  "settings to search for": {
    text: "model a\ntune { train.batch: choice(1, 2)  train.┆: int(1..4) }\n",
    all: ["epochs", "learning_rate"],
  },
  "all that stands above the value of a block, in a function there": {
    text: `${features}block f(x: Vec[8]) -> Vec[8] {\n  let one = x\n  let two = x\n  fold(1..2, x, (h, i) => {\n    let three = h\n    three + ┆\n  })\n}\n`,
    some: ["one", "two", "three", "h", "x"],
  },
  "values of a step that was searched for": {
    text: inNet("let near = top(clicks, 2)\n  let x = near.action != ┆").replace(
      "dwell   : number\n",
      'dwell   : number\n  action : enum("view", "cart")\n',
    ),
    first: ['"cart"', '"view"'],
  },
  "parts in a list": {
    text: `${inNet("predict click = taste |> dense(1) |> sigmoid")}train { optimizer adam(1e-3), ftrl(0.1, for: [all, ┆]) }\n`,
    some: ["taste", "tables", "user_id", "clicks"],
    none: ["adam", "ftrl"],
  },
  "the arguments of a metric, which have names": {
    text: `${inNet("predict click = taste |> dense(1) |> sigmoid")}train { metrics auc(┆) }\n`,
    all: ["per:"],
  },
  ranges: { text: "param rate = 1e-3\ntune { rate: ┆ }\n", all: ["log", "uniform", "int", "choice"] },
  scopes: { text: "features ┆ { }", all: ["user", "item", "context", "training"] },
  kinds: {
    text: "features item { item_id : ┆ }",
    first: ["id"],
    some: ["number", 'enum("f", "m")', "int(0..23)", "set(id, max: 20)", "id(size: 1000)", "vector(64)"],
    none: ["bins", "log1p", "embed"],
  },
  "kinds whose name is being typed": { text: "features item { item_id : i┆ }", first: ["id"] },
  "options of a kind": {
    text: "features item { item_id : id(┆) }",
    all: ["min_count:", "size:", "hash:", "seed:", "file:", "missing:"],
  },
  "options that go together": {
    text: "features item { item_id : id(min_count: 2, ┆) }",
    all: ["missing:"],
  },
  "options that stand after the cursor": {
    text: "features item { item_id : id(┆, min_count: 2) }",
    all: ["missing:"],
  },
  "what a missing value is": { text: "features item { item_id : id(missing: ┆) }", all: ["unknown"] },
  "kinds in a set": {
    text: "features item { tags : set(┆, max: 5) }",
    some: ["id(size: 1000)", "int(0..23)"],
    none: ["number", "set(id, max: 20)", "pool:"],
  },
  "options of a set": { text: "features item { tags : set(id, ┆) }", all: ["max:", "pool:", "weighted"] },
  "options of a weighted set": {
    text: "features item { tags : set(id, weighted, ┆) }",
    all: ["max:", "pool:"],
  },
  "the option of weights": { text: "features item { tags : set(id, max: 5, weighted(┆)) }", all: ["by:"] },
  "a column of weights": { text: "features item { tags : set(id, max: 5, weighted(by: ┆)) }", all: [] },
  "how a set is pooled": {
    text: "features item { tags : set(id, max: 5, pool: ┆) }",
    all: ["sum", "mean", "max", "none"],
  },
  "parts of a cross": {
    text: "features user { user_id : id\n  age : number\n  pair : cross(┆, hash: 10) }",
    all: ["user_id"],
  },
  "clauses after a kind": { text: "features item { item_id : id ┆ }", all: ["embed", "share"] },
  "clauses after a transform": {
    text: "features item { a : number |> quantiles(5) ┆ }",
    all: ["embed", "share"],
  },
  "nothing after a clause": { text: "features item { item_id : id embed 8 ┆ }", all: [] },
  "no clause after a number": { text: "features item { price : number |> log1p ┆ }", all: [] },
  "clauses of a history's own field": { text: "history clicks(max: 5) { action : id ┆ }", all: ["embed"] },
  "no clause after a binding": {
    text: `${features.replace("hist_item_id", "hist_item_id ┆")}`,
    all: ["item_id", "price"],
  },
  "transforms that are not there yet": {
    text: "features item { price : number |> log1p |> ┆ }",
    some: ["standardize", "quantiles(10)"],
    none: ["log1p"],
  },
  "nothing after buckets": { text: "features item { price : number |> quantiles(5) |> ┆ }", all: [] },
  transforms: {
    text: "features item { price : number |> ┆ }",
    all: ["log1p", "standardize", "min_max", "clip(0, 100)", "buckets(10, 20, 50)", "quantiles(10)"],
  },
  "the transform of a vector": {
    text: "features item { cover : vector(64) |> ┆ }",
    all: ["codes(levels: 3, of: 256)"],
  },
  "options of codes": {
    text: "features item { cover : vector(64) |> codes(levels: 3, ┆) }",
    all: ["of:", "prefixes:"],
  },
  "nothing after codes but a clause": {
    text: "features item { cover : vector(64) |> codes(levels: 3, of: 8) ┆ }",
    all: ["embed", "share"],
  },
  widths: {
    text: "param width = 8\nparam rate = 0.1\nfeatures item { item_id : id embed ┆ }",
    all: ["width", "auto", "4", "8", "16", "32", "64"],
  },
  "a width that is being typed": {
    text: "features item { item_id : id embed 1┆ }",
    all: ["4", "8", "16", "32", "64"],
  },
  "options of embed": {
    text: "features item { item_id : id embed(16, ┆) }",
    all: ["init:", "from:", "freeze"],
  },
  "what tables begin as": {
    text: "features item { item_id : id embed(16, init: ┆) }",
    all: ["zeros", "normal(0.01)", "uniform(0.05)"],
  },
  "whose table is shared": {
    text: "features user { user_id : id embed 8\n  age : number\n  last_item : id share ┆ }\nfeatures item { item_id : id embed 8 }",
    all: ["user_id", "item_id"],
  },
  "whose table a list shares": {
    text: "features user { a, b, c1..c3 : id share ┆ }\nfeatures item { item_id : id embed 8 }",
    all: ["c2", "item_id"],
  },
  "transforms of a list": {
    text: "features user { a, b : vector(4) |> ┆ }",
    some: ["codes(levels: 3, of: 256)"],
  },
  "a kind after a list": { text: "features user { a, b : ┆ }", some: ["number", "id"] },
  "a new feature's name": { text: "features item { ┆ : id }", all: [] },
  "what a history binds": {
    text: `${features.replace("  dwell", "  ┆ <-> hist_price\n  dwell")}`,
    all: ["item_id", "price"],
  },
  "options of a history": { text: "history clicks(┆) { }", all: ["max:"] },
  "kinds of a history's own field": { text: "history clicks(max: 5) { dwell : ┆ }", some: ["number"] },
  "kinds of a label": {
    text: "label click : ┆",
    all: ["binary", "binary(soft)", "number", 'enum("low", "high")', "int(1..5)"],
  },
  "transforms of a label, which can be undone": {
    text: "label watch : number |> log1p |> ┆",
    some: ["standardize", "min_max", "clip(0, 100)"],
    none: ["log1p", "quantiles(20)", "buckets(18, 25, 35)", "codes(levels: 3, of: 256)"],
  },
  "what a binary label may be": {
    text: "label click : binary(┆)",
    some: ["soft"],
    none: ["click", "number"],
  },
  "statements in an empty net": { text: "net { ┆ }", all: ["let", "layer", "predict", "output", "loss"] },
  "statements after another": { text: inNet("┆"), all: ["let", "layer", "predict", "output", "loss"] },
  "labels that are not predicted yet": {
    text: inNet("predict click = taste\n  predict ┆ = taste"),
    all: ["buy"],
  },
  "values in the net": {
    text: inNet("let x = ┆"),
    some: ["taste", "all", "user_id", "age", "clicks", "concat", "mlp", "gru", "weight"],
    none: ["x", "shop_id", "click", "let", "hist_item_id", "binary"],
  },
  "no rows of the batch in a prediction": { text: inNet("predict click = ┆"), none: ["shuffled", "batch"] },
  "rows of the batch in a `let`, which losses may read": {
    text: inNet("let x = ┆"),
    some: ["shuffled", "batch"],
  },
  "candidates of a request in a prediction": {
    text: inNet("predict click = dense(mean(┆), 1)"),
    some: ["candidates"],
    none: ["batch"],
  },
  "how candidates of a request are told": {
    text: inNet("let x = candidates(taste, ┆)"),
    some: ["by:", "max:"],
  },
  "what tells the candidates of a request": {
    text: inNet("let x = candidates(taste, by: ┆)"),
    some: ["user_id"],
    none: ["taste"],
  },
  "ids of a loss": {
    text: inNet("let next = after_first(clicks.item_id)\n  loss x = weight(┆)"),
    some: ["item_id", "next", "after_first", "drawn"],
  },
  "a word that is being typed": { text: inNet("let x = us┆"), some: ["user_id"] },
  "vectors first where a vector is taken": {
    text: inNet("let x = concat(┆)"),
    first: ["age", "item_id", "price", "taste", "user_id", "all", "clicks"],
  },
  "sequences first where one is taken": { text: inNet("let x = sum(┆)"), first: ["all", "clicks"] },
  "a later argument of as many as one likes": { text: inNet("let x = concat(taste, ┆)"), first: ["age"] },
  "after an operator": { text: inNet("let x = taste * ┆"), some: ["user_id", "dense"], none: ["width:"] },
  "what is known when compiling": {
    text: `param units = 4\nparam rate = 0.1\n${inNet("let x = dense(taste, ┆)")}`,
    all: ["units", "width:", "activation:", "per:"],
  },
  "lists that are known when compiling": {
    text: `param units = [4]\nparam width = 4\n${inNet("let x = mlp(taste, ┆)")}`,
    all: ["units", "units:", "activation:"],
  },
  activations: {
    text: inNet("let x = dense(taste, 4, ┆)"),
    some: ["relu", "dice", "leaky_relu", "activation:"],
    none: ["concat", "taste", "user_id", "mlp"],
  },
  "an argument by its name": {
    text: inNet("let x = dense(taste, 4, activation: ┆)"),
    some: ["relu"],
    none: ["taste"],
  },
  "arguments not given yet": {
    text: inNet("let x = mlp(taste, units: [4], ┆)"),
    some: ["activation:"],
    none: ["units:", "x:"],
  },
  "a function that is given": {
    text: inNet("let x = pairs([taste, taste], ┆)"),
    first: ["(a, b) => …"],
    some: ["dot"],
  },
  "features where one is taken itself": {
    text: inNet("let x = weight(┆)"),
    all: ["user_id", "shop_id", "age", "item_id", "price", "clicks"],
  },
  "features that a function is given": {
    text: inNet("let x = each([user_id, shop_id], f => weight(┆))"),
    some: ["f", "shop_id"],
  },
  "features in a block": {
    text: "block linear_part(fields: List[Feature], one: Feature, x: Vec[d]) { weight(┆) }",
    all: ["one"],
  },
  "elements of lists in a signature": { text: "block f(x: List[┆]) { 1 }", all: ["Int", "Float", "Feature"] },
  "groups of features": {
    text: `${features.replace("features item", "features item shown")}net { let x = fm(┆) }`,
    some: ["shown", "clicks"],
  },
  "what sequences are piped into": {
    text: inNet("let x = clicks |> ┆"),
    some: ["sum", "mean", "dense"],
    none: ["taste", "fold"],
  },
  "what vectors are piped into": {
    text: inNet("let x = taste |> dense(4) |> ┆"),
    first: ["abs"],
    some: ["dense", "gelu", "where"],
  },
  "a pipe's further arguments": {
    text: inNet("let x = taste |> dense(┆)"),
    all: ["width:", "activation:", "per:"],
  },
  "fields of a history": { text: inNet("let x = clicks.┆"), all: ["item_id", "dwell"] },
  "parameters of a lambda": {
    text: inNet("let x = fold([8], taste, (h, n) => h |> dense(┆))"),
    some: ["h", "n"],
    none: ["taste"],
  },
  "what a layer may be": {
    text: inNet("layer tower = ┆"),
    some: ["mlp", "dense", "batch_norm", "(a, b) => …"],
    none: ["taste", "user_id"],
  },
  "what a layer is given comes before what is written": {
    text: inNet("layer tower = dense(4, ┆)"),
    some: ["relu"],
    none: ["taste"],
  },
  "a layer, where a function may stand": {
    text: inNet("layer tower = mlp([8])\n  let x = each([taste], ┆)"),
    some: ["tower"],
  },
  "a layer behind a pipe, but not in itself": {
    text: inNet("layer tower = mlp([8])\n  layer deep = dense(4) |> ┆"),
    some: ["tower"],
    none: ["deep"],
  },
  "statements of a function in braces": {
    text: inNet("let x = each([taste], field => { let wide = dense(field, 8)\n    ┆ })"),
    some: ["let", "layer", "wide", "field", "taste"],
    none: ["predict", "x"],
  },
  "names that a function in braces had": {
    text: inNet("let x = each([taste], field => { let wide = dense(field, 8) wide })\n  let y = ┆"),
    some: ["x", "taste"],
    none: ["wide", "field", "y"],
  },
  "layers of a block": {
    text: "block f(x: Vec[d]) {\n  layer near = dense(d)\n  [near(x), ┆]\n}",
    some: ["near", "x"],
  },
  "shuffled in a loss": { text: inNet("loss other = ┆"), some: ["shuffled"] },
  "options of a loss": { text: inNet("loss other(┆) = 1"), all: ["weight:"] },
  "options of a prediction": { text: inNet("predict click(┆) = 1"), all: ["loss:", "weight:"] },
  "losses of a prediction": {
    text: inNet("predict click(loss: ┆) = 1"),
    first: ["(p, y) => …", "hinge", "log_loss"],
    some: ["huber", "squared"],
    none: ["user_id", "taste", "abs", "ziln", "fm"],
  },
  "values of a feature that it is compared with": {
    text: inNet("let x = where(mood == ┆, 1, 2)").replace(
      "shop_id : id\n",
      'shop_id : id\n  mood : enum("glad", "sad")\n',
    ),
    first: ['"glad"', '"sad"'],
    some: ["age"],
  },
  "values of a step that it is compared with": {
    text: inNet("let x = clicks.action != ┆").replace(
      "dwell   : number\n",
      'dwell   : number\n  action : enum("view", "cart")\n',
    ),
    first: ['"cart"', '"view"'],
  },
  "losses of a number": {
    text: inNet("predict watch(loss: ┆) = 1").replace("label buy : binary", "label watch : number"),
    first: [
      "(p, y) => …",
      ...["absolute", "huber", "log_cosh", "poisson", "squared", "tweedie", "weighted_logistic"],
    ],
  },
  "losses of classes": {
    text: inNet("predict stars(loss: ┆) = 1").replace("label buy : binary", "label stars : int(1..5)"),
    first: ["(p, y) => …", "cross_entropy"],
  },
  "what mixes a batch, in a block for losses": {
    text: `${features}block f(x: Vec[d]) -> Vec[1] {\n  dot(x, ┆)\n}`,
    some: ["batch", "shuffled"],
    none: ["frequency"],
  },
  "the weight of a prediction": {
    text: inNet("predict click(weight: ┆) = 1"),
    some: ["taste", "stop_gradient"],
  },
  "values in a block": {
    text: `${features}block f(query: Vec[d], units: List[Int]) -> Vec[1] {\n  let half = query / 2\n  ┆\n}`,
    some: ["let", "query", "half", "dense"],
    none: ["user_id", "clicks", "weight", "f", "predict"],
  },
  types: {
    text: "block f(x: ┆) { x }",
    all: [
      "Vec[d]",
      "Seq[h, d]",
      "Prob",
      "Classes[k]",
      "Int",
      "Float",
      "List[Int]",
      "Feature",
      "Activation",
      "Block",
    ],
  },
  "widths in a type": { text: "block f(x: Vec[d], n: Int, y: Vec[┆]) { x }", all: ["d", "n"] },
  "a block's result": { text: "block f(x: Vec[d]) -> ┆ { x }", some: ["Vec[d]", "Prob"] },
  "a parameter's default": {
    text: "block f(x: Vec[d], g: Activation = ┆) { x }",
    some: ["relu"],
    none: ["concat", "x"],
  },
  settings: {
    text: "train { batch 5  ┆ 1 }",
    some: ["optimizer", "epochs", "metrics"],
    none: ["batch", "adam"],
  },
  optimizers: {
    text: "train { optimizer ┆ }",
    all: ["sgd", "momentum", "adam", "adamw", "adagrad", "ftrl", "grda"],
  },
  "options of an optimizer": {
    text: "train { optimizer adam(1e-3, ┆) }",
    all: ["beta1:", "beta2:", "epsilon:", "epsilon_hat:", "for:", "rows:"],
  },
  "parts of a model": {
    text: `${inNet("predict click = taste |> sigmoid")}train { optimizer adam(1e-3), ftrl(0.1, for: ┆) }`,
    some: ["taste", "item_id", "clicks", "click", "tables", "user"],
    none: ["dense(x, width)"],
  },
  "learning rates": {
    text: "train { optimizer adam(learning_rate: ┆) }",
    some: ["0.001", "0.01"],
    none: ["beta1:"],
  },
  "what is true or not": { text: "train { optimizer momentum(nesterov: ┆) }", all: ["true", "false"] },
  schedules: {
    text: "train { schedule ┆ }",
    all: ["constant", "linear", "cosine", "plateau", "step(every: 1000)", "exponential(every: 1000)"],
  },
  losses: { text: "train { loss ┆ }", all: ["binary_cross_entropy", "focal"] },
  "functions, without retired ones": {
    text: `${features}net { let x = ┆ }`,
    some: ["silu"],
    none: ["swish", "pick"],
  },
  "options of a loss, without retired weights of labels": {
    text: `${features}train { loss focal(gamma: 2, ┆) }`,
    some: ["alpha:"],
    none: ["gamma:", "click:", "buy:"],
  },
  "metrics that are not there yet": {
    text: `${features}train { metrics auc, gauc(by: user_id), ┆ }`,
    some: ["log_loss", "gauc(by: user_id)"],
    none: ["auc"],
  },
  regularizers: {
    text: "train { regularize ┆ }",
    all: ["mini_batch_aware(1e-2)", "l2(dense: 1e-5, tables: 1e-6)", "l1(1e-4)", "group_lasso(1e-3)"],
  },
  metrics: {
    text: `${features}train { metrics auc, ┆ }`,
    some: ["log_loss", "gauc(by: user_id)"],
    none: ["adam"],
  },
  "whose groups a metric has": {
    text: `${features}train { metrics gauc(by: ┆) }`,
    all: ["user_id", "shop_id"],
  },
  "choices of a metric": {
    text: `${features}train { metrics gauc(by: user_id, weight: ┆) }`,
    all: ["impressions", "clicks", "none"],
  },
  "an early stop": {
    text: `${features}train { stop early(┆)  metrics auc, gauc(by: user_id) }`,
    some: ["metric:", "patience:", "label:", "auc", "gauc"],
  },
  "a sum of metrics": {
    text: `${features}train { schedule plateau(metric: auc + ┆)  metrics auc, gauc(by: user_id) }`,
    some: ["auc", "gauc"],
  },
  "the tables after an epoch": { text: `${features}train { tables ┆ }`, all: ["anew"] },
  "labels in settings": { text: `${features}train { stop early(label: ┆) }`, all: ["click", "buy"] },
  "the models that a variant may be of": {
    text: "model a\nvariant b from a { }\nvariant c from ┆ { }",
    all: ["a", "b"],
  },
  "the net of a variant sees its parent's lets": {
    text: `model a\n${inNet("predict click = taste |> dense(1) |> sigmoid")}variant b from a {\n  net { let taste = ┆ }\n}`,
    some: ["all", "user_id"],
  },
  "what a param may be": { text: "param a = 4\nparam b = ┆", some: ["a", "relu"], none: ["param"] },
  "files that may be imported": {
    text: `--- models/model.din
import "┆"
--- models/mine.din
block one(x: Vec[d]) -> Vec[d] { x }
--- shared/blocks.din
param width = 4
block two(x: Vec[d]) -> Vec[d] { x }
--- models/other.din
model other
net { predict a = b }
`,
    all: ["mine.din", "../shared/blocks.din"],
  },
  "blocks that are imported, and such that are not yet": {
    text: `--- model.din
model a
import "one.din"
net { let x = ┆ }
--- one.din
block first_one(x: Vec[d]) -> Vec[d] { x }
--- two.din
block second_one(x: Vec[d]) -> Vec[d] { x }
`,
    some: ["first_one", "second_one"],
  },
};

export const broken: Readonly<Record<string, Case>> = {
  "after a statement that is broken": {
    text: inNet("let a = concat(taste,, \n  let b = ┆"),
    some: ["taste", "user_id"],
  },
  "in a call whose other arguments are broken": {
    text: inNet("let a = dense(taste taste, 4, ┆"),
    some: ["relu"],
  },
  "where nothing is closed": { text: `${features}net {\n  let a = sum(┆`, first: ["clicks"] },
  "a new line after what is broken": {
    text: inNet("let a = concat(taste,, user_id)\n  ┆"),
    all: ["let", "layer", "predict", "output", "loss"],
  },
  "after a feature that is broken": {
    text: "features item {\n  a : id(min_count: \n  b : id embed(8, ┆",
    some: ["init:"],
  },
  "in a history without an end": {
    text: `${features}history more(max: 5) {\n  ┆`,
    all: ["item_id", "price"],
  },
  "a statement behind a function that nothing closes": {
    text: inNet("let a = each([taste], x => { relu(x)\n  predict click = ┆"),
    some: ["taste", "user_id"],
  },
  "after a complete expression": { text: inNet("let a = taste user_id ┆"), all: [] },
  "in a comment": { text: inNet("// let a = ┆"), all: [] },
  "in documentation": { text: "/// let ┆", all: [] },
  "in a string": { text: 'features item { a : enum("┆ }', all: [] },
  "in a number": { text: inNet("let a = 1.┆"), all: [] },
  "what the language has no place for": { text: "model ┆", all: [] },
};
