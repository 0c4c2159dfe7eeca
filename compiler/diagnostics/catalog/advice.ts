// Catalogue: advice of `dinc lint`, the questions of an experienced reviewer about a valid spec. The rules are in
// compiler/tools/lint. Codes DIN0440, DIN0441, DIN0457, DIN0491 and DIN0701–DIN0799.

import { defineAdvice } from "./define.ts";

// ---- Features and histories

export const outcomeAsFeature = defineAdvice<{ name: string }>({
  code: "DIN0701",
  name: "outcome-as-feature",
  message: ({ name }) =>
    `\`${name}\` has the name of an outcome, which nobody knows when candidates are ranked`,
  help: () =>
    "remove it, declare it as a label, or in `features training` for losses; if it was known before the impression, give it a name that says so",
  explanation:
    "An outcome (a click, a conversion, the time an item was watched) is logged in the same row as the label. As a feature it predicts the label almost perfectly in training, and does not exist when the model ranks. Counts and rates of the past are fine: names such as `clicks_7d` or `ctr` say so.",
});

export const positionAsFeature = defineAdvice<{ name: string }>({
  code: "DIN0702",
  name: "position-as-feature",
  message: ({ name }) => `\`${name}\` depends on the ranking for which this model is made`,
  help: ({ name }) =>
    `declare it in \`features training\`, with a value for predictions: \`${name} : int(1..50, served: 1)\``,
  explanation:
    "The position of a candidate explains much of whether it was clicked, but is not known before the candidates are ranked. A model that reads it learns too little about the items. In `features training` it is known in training only. Learn it in a separate factor, which gets a fixed position when the model predicts (position-bias aware learning; Guo et al., RecSys 2019).",
});

export const fieldLeftUnbound = defineAdvice<{ history: string; bound: readonly string[]; left: string }>({
  code: "DIN0703",
  name: "field-left-unbound",
  message: ({ history, bound, left }) => `\`${history}\` binds ${listed(bound)}, but not \`${left}\``,
  help: ({ left }) => `add \`${left} <-> …\` with the column that holds it, if there is one`,
  explanation:
    "A history is a sequence of items, and each of them has the same values as the candidate: a category, a shop, a brand. A bound field lets attention compare the candidate with the past in that respect too. It costs one more column and no further table. Libraries that match histories by name forget such a field silently.",
});

export const historyWithoutTarget = defineAdvice<{ history: string; target: string }>({
  code: "DIN0704",
  name: "history-without-target",
  message: ({ history, target }) =>
    `the network reads \`${history}\`, but not the candidate's \`${target}\`, to which it is bound`,
  help: ({ history, target }) => `use \`${target}\` in \`net\` beside \`${history}\``,
  explanation:
    "A binding gives past items and the candidate the same vectors, so that they can be compared. If the network does not read the candidate's own value, nothing is compared: the history shows what the user likes, but nothing checks whether the candidate is similar.",
});

export const attentionIgnoresCandidate = defineAdvice<{ history: string }>({
  code: "DIN0705",
  name: "attention-ignores-candidate",
  message: ({ history }) => `the weights of this sum over \`${history}\` are the same for every candidate`,
  help: () => "compute the weights from the candidate's features and the steps, as `attend` does",
  explanation:
    "In local activation the weight of a past item is its relevance to the candidate (Zhou et al., KDD 2018, section 4.3). If the weights are learned from the history or the user alone, they pool it into one vector for all candidates. That has the cost of attention without its benefit. If that is intended, write `sum` or `mean` without weights.",
});

// ---- The network

export const weightsDividedAgain = defineAdvice<Record<never, never>>({
  code: "DIN0706",
  name: "weights-divided-again",
  message: () =>
    "these weights come from a softmax and sum to 1; `mean` divides by the number of steps once more",
  help: () => "use `sum`",
  explanation:
    "Weights from a softmax over a history sum to 1, so that the weighted mean of its steps is their `sum`. `mean` divides by the number of steps again: the longer a user's history, the smaller the result.",
});

export const linearAfterLinear = defineAdvice<{ first: number; second: number }>({
  code: "DIN0707",
  name: "linear-after-linear",
  message: ({ first, second }) =>
    `a linear layer of ${first} units feeds one of ${second} directly: together they are one linear layer`,
  help: () => "give the first an activation, such as `dense(80, relu)`, or leave one of them out",
  explanation:
    "Two linear layers without an activation between them compute the same functions as one, with more weights. Most often the activation was forgotten. A layer narrower than both its input and its output is a factorisation (as in DCN-Mix; Wang et al., WWW 2021) and gets no advice.",
});

export const boundedLogit = defineAdvice<{ label: string; activation: string; range: string }>({
  code: "DIN0708",
  name: "bounded-logit",
  message: ({ label, activation, range }) =>
    `\`${activation}\` before the sigmoid limits the probabilities of \`${label}\` to ${range}`,
  help: () => "make the last layer a plain `dense(1)`",
  explanation:
    "The logit of a probability can be any number: most impressions are not clicked, and their logits are around −4. An activation on the last layer cuts logits off, so the loss cannot fall below a certain level. With `relu` most rows give no gradient at all.",
});

export const logOfAnySign = defineAdvice<{ operation: string }>({
  code: "DIN0728",
  name: "log-of-any-sign",
  message: ({ operation }) => `the numbers of this layer may be below 0, and there \`${operation}\` is NaN`,
  help: () => "end it with `exp` or `softplus`, whose values are above 0: `dense(x, 1) |> exp`",
  explanation:
    "At the start, a linear layer gives numbers around 0. Half of them are below 0, so the first step of a training has no finite loss. Losses of amounts, `poisson`, `tweedie` and `weighted_logistic`, take the logarithm of the prediction. After `exp`, dinc computes that logarithm from the number before it, without losing digits.",
});

// ---- What features and tables hold

export const unscaledNumber = defineAdvice<{ name: string }>({
  code: "DIN0709",
  name: "unscaled-number",
  message: ({ name }) => `\`${name}\` enters the network unscaled`,
  help: () => "write `number |> standardize`, after `log1p` if it is a count or an amount",
  explanation:
    "Embeddings begin within a few hundredths of 0. A price in cents or an age in days is thousands of times larger, so it dominates the first layer at first, and later a single outlier disturbs it. `log1p` shortens long tails; `standardize` gives mean 0 and standard deviation 1. Both are fitted on the training rows and become part of the model.",
});

export const unscaledDuration = defineAdvice<{ between: string }>({
  code: "DIN0737",
  name: "unscaled-duration",
  message: ({ between }) => `\`${between}\` enters the network in seconds`,
  help: ({ between }) => `take its logarithm, \`log(1 + (${between}))\`, or divide it by a typical time`,
  explanation:
    "A day has 86,400 seconds, while embeddings begin within a few hundredths of 0. Such a number dominates the first layer, gradients become so large that a training may fail, and where large terms cancel, 32 bits leave scores that differ from one way of computing to another. A logarithm tells minutes from hours as well as days from months.",
});

export const constantFeature = defineAdvice<{ name: string }>({
  code: "DIN0711",
  name: "constant-feature",
  message: ({ name }) => `\`${name}\` has only one value, so it does not distinguish rows`,
  help: () => "list its other values, or remove it",
  explanation:
    "A feature whose vocabulary holds a single value gives every row the same vector. The bias of the next layer does the same.",
});

export const embeddingWiderThanTable = defineAdvice<{ name: string; width: number; rows: number }>({
  code: "DIN0712",
  name: "embedding-wider-than-table",
  message: ({ name, width, rows }) =>
    `\`${name}\` has ${width} numbers for each id, but its table has only ${rows} rows`,
  help: ({ rows }) => `\`embed ${Math.max(2, Math.ceil(rows / 2))}\` is plenty`,
  explanation:
    "The vectors of a table with r rows span at most r dimensions: more width costs time and adds no information. A few times the fourth root of the number of ids is usual. A width that another feature shares gets no advice, because factorisation machines need one width for all fields.",
});

export const tableExceedsMemory = defineAdvice<{
  name: string;
  gib: number;
  slots: number;
  optimizer: string;
}>({
  code: "DIN0713",
  name: "table-exceeds-memory",
  message: ({ name, gib, slots, optimizer }) =>
    `training the table of \`${name}\` takes ${gib} GiB${slots === 0 ? "" : `; ${slots} of ${slots + 1} parts of it are for \`${optimizer}\``}`,
  help: () => "embed it narrower, or learn the vocabulary from data: `id(min_count: 5)`",
  explanation:
    "A table takes rows × width × 4 bytes, and the same again for each number that the optimizer keeps per weight: one for `momentum` and `adagrad`, two for `adam`, `adamw` and `ftrl`. `adagrad(row_wise: true)` keeps one per row. A table above 16 GiB does not fit into the memory of a usual machine. A vocabulary learned with `min_count` keeps only ids that occur often enough to be learned.",
});

export const memorizedUsers = defineAdvice<{ name: string }>({
  code: "DIN0714",
  name: "memorized-users",
  message: ({ name }) => `every \`${name}\` gets a vector, even one that occurs in a single row`,
  help: () => "say how often a user must occur: `id(min_count: 5)`",
  explanation:
    "A vector trained on one row has learned that row's label: the training loss falls, and the validation loss rises within an epoch. With `min_count`, rarer users share the vector of unknown values; the histories still say what each user likes. An id that is only needed for GAUC takes no `embed`.",
});

export const longHistory = defineAdvice<{ history: string; max: number }>({
  code: "DIN0715",
  name: "long-history",
  message: ({ history, max }) =>
    `\`${history}\` keeps ${max.toLocaleString("en-US")} steps, and each is computed for each candidate`,
  help: () => "keep the latest few hundred: `max: 200`",
  explanation:
    "Attention runs a network for each pair of step and candidate: 200 candidates and 5,000 steps are a million runs in one request. The latest 20 to 200 steps are usual. Steps that do not depend on the candidate, such as the states of SASRec, are computed once a request, so they get no advice. Models of life-long histories first pick the few steps that resemble the candidate (SIM; Pi et al., CIKM 2020).",
});

// ---- Expressions and predictions

export const repeatedInput = defineAdvice<{ name: string }>({
  code: "DIN0716",
  name: "repeated-input",
  message: ({ name }) => `\`${name}\` occurs twice in this \`concat\``,
  help: () => "remove one of them, or write the intended name",
  explanation:
    "The layer after a `concat` has weights for each of its parts. A part that occurs twice has two sets of weights, and only their sum matters. Most often another name was meant.",
});

export const repeatedByList = defineAdvice<{ times: number }>({
  code: "DIN0727",
  name: "repeated-by-list",
  message: ({ times }) =>
    `\`flatten\` puts the elements of this \`concat\` side by side, so the vector that is combined with the list is repeated ${times} times`,
  help: () => "put vectors side by side as `concat(a, b, c)`, and a list with `flatten(list)`",
  explanation:
    "A vector that is combined with a list is repeated for each element, in `concat` as everywhere: `concat(x, [a, b])` is the list of `concat(x, a)` and `concat(x, b)`. That is right if the next layer reads each element. Side by side, every copy of x has weights of its own, and only their sum matters.",
});

export const alwaysTheSame = defineAdvice<{ written: string; value: number }>({
  code: "DIN0717",
  name: "always-the-same",
  message: ({ written, value }) => `\`${written}\` is always ${value}`,
  help: () => "write the intended name on one of the two sides",
  explanation:
    "An expression with the same value on both sides of `-`, of `/` or of a comparison is constant. In an activation unit the difference of query and key was most likely meant: `query - key`.",
});

export const predictionIgnoresUser = defineAdvice<{ label: string }>({
  code: "DIN0718",
  name: "prediction-ignores-user",
  message: ({ label }) =>
    `\`${label}\` is predicted from the item alone, so that every user gets the same order`,
  help: () => "use a user feature or a history",
  explanation:
    "This prediction does not depend on any user feature, history or context feature, so it ranks by popularity. That is a useful baseline, but a model for users most likely needs such inputs.",
});

export const nothingLearned = defineAdvice<{ loss: string }>({
  code: "DIN0729",
  name: "nothing-learned",
  message: ({ loss }) => `the loss \`${loss}\` depends on nothing that is learned, so it changes nothing`,
  help: () =>
    "in a loss, the name of a label is its true value: give the prediction a name with `let`, and use that",
  explanation:
    "Training changes the weights and tables that a loss depends on. A loss that depends on none of them, or only through `stop_gradient`, is just a number in the report.",
});

export const predictionsAlike = defineAdvice<{ first: string; second: string }>({
  code: "DIN0719",
  name: "predictions-alike",
  message: ({ first, second }) => `\`${first}\` and \`${second}\` are predicted by the very same value`,
  help: () => "give each label a last layer of its own: `shared |> dense(1) |> sigmoid`",
  explanation:
    "Two labels with one prediction pull it towards each other, and it becomes the probability of neither. Tasks share their lower layers and have a last layer each.",
});

// ---- Training

export const unusualLearningRate = defineAdvice<{
  rate: number;
  optimizer: string;
  least: number;
  most: number;
  usual: number;
}>({
  code: "DIN0720",
  name: "unusual-learning-rate",
  message: ({ rate, optimizer, least, most }) =>
    `\`${optimizer}\` is used with learning rates from ${least} to ${most}; ${rate} is far ${rate > most ? "above" : "below"} them`,
  help: ({ usual }) => `begin with ${usual === 1e-3 ? "1e-3" : usual} and search from there`,
  explanation:
    "`adam` and `adamw` move every weight by about the learning rate in each step, whatever the size of the gradient: 0.1 is far too large for embeddings of size 0.01, and 1e-7 hardly moves them. The other optimizers scale with the gradient and take larger rates. Most often an exponent is off by some digits, or the rate was kept when the optimizer changed.",
});

export const swappedBetas = defineAdvice<{ beta1: number; beta2: number }>({
  code: "DIN0721",
  name: "swapped-betas",
  message: ({ beta1, beta2 }) => `beta1 is ${beta1} and beta2 is ${beta2}: most likely they are swapped`,
  help: () => "write `beta1: 0.9, beta2: 0.999`",
  explanation:
    "`beta1` is the decay rate of the mean gradient, `beta2` that of the mean square: 0.9 and 0.999 (Kingma & Ba, ICLR 2015). If squares are forgotten sooner than gradients, steps become large just where the gradient has changed.",
});

export const unusualBatch = defineAdvice<{ batch: number; isTooSmall: boolean }>({
  code: "DIN0722",
  name: "unusual-batch",
  message: ({ batch, isTooSmall }) =>
    isTooSmall
      ? `a batch of ${batch} has too few rows to estimate a gradient, or the statistics of \`dice\``
      : `a batch of ${batch.toLocaleString("en-US")} rows leaves few steps in an epoch`,
  help: () => "256 to 1,024 is a good start",
  explanation:
    "The mean gradient of a batch estimates that of all rows, and `dice` takes its mean and variance from the batch: with fewer than 8 rows, both are noise. Beyond some ten thousand rows, the gradient hardly improves and an epoch has few steps; large batches need a larger learning rate and a warm-up. 128 to 4,096 rows are usual.",
});

export const epochsWithoutRegularization = defineAdvice<{ epochs: number }>({
  code: "DIN0723",
  name: "epochs-without-regularization",
  message: ({ epochs }) =>
    `${epochs} epochs without regularisation: click models overfit after the first or second`,
  help: () =>
    "add `regularize mini_batch_aware(1e-2)` or `stop early(patience: 1)`, or train for one to three epochs",
  explanation:
    "Embeddings of rare ids fit their few rows in the second pass. With its public code DIN reaches a GAUC of 0.8698 on Amazon Electronics early on and falls to about 0.81 as training continues; the drop at the start of the second epoch is common to deep click models (Zhang et al., CIKM 2022). `mini_batch_aware` (DIN, section 5.1) counters the drop; `stop early` ends training when it begins.",
});

export const oneEpochToChooseFrom = defineAdvice<Record<never, never>>({
  code: "DIN0440",
  name: "one-epoch-to-choose-from",
  message: () => "`stop early` has only one epoch to choose from",
  help: () => "allow more of them: `epochs 10`",
  explanation:
    "An early stop compares epochs and keeps the weights of the best. `epochs` is the largest number of them; if it is 1 or not set, training ends before there is anything to compare.",
});

export const shiftedProbabilities = defineAdvice<{ by: string; metric: string }>({
  code: "DIN0441",
  name: "shifted-probabilities",
  message: ({ by, metric }) => `\`${metric}\` measures probabilities, but ${by} shifts them`,
  help: () => "measure the order, which this loss improves, with `metrics auc`, or leave the loss as it is",
  explanation:
    "If clicks have a weight of 2, the model learns odds twice as high as the true ones. Focal loss has its minimum at other values than the true probabilities, too (Charoenphakdee et al., CVPR 2021). Such a loss may improve the order of candidates. As probabilities, in bids or in products of several, the scores are wrong, and `log_loss` mostly measures the size of that error. Judge such a model by `auc` and `gauc`, and calibrate its scores before you use them as probabilities.",
});

export const noRankingMetric = defineAdvice<Record<never, never>>({
  code: "DIN0724",
  name: "no-ranking-metric",
  message: () => "none of these metrics measures how well candidates are ordered",
  help: () => "add `auc`",
  explanation:
    "The log loss falls as soon as a model knows the mean click rate, whatever its order; calibration and accuracy say nothing about order either. AUC is how often a clicked candidate is ranked above one that was not; GAUC is the same within one user's candidates.",
});

export const noGauc = defineAdvice<{ user: string }>({
  code: "DIN0725",
  name: "no-gauc",
  message: ({ user }) => `\`${user}\` distinguishes users, but the AUC is taken over all of them together`,
  help: ({ user }) => `add \`gauc(by: ${user})\``,
  explanation:
    "Ranking puts one user's candidates in order. The AUC over all rows also compares rows of different users, so a model that only knows which users click a lot gets a good AUC. GAUC is the AUC within each user, averaged (Zhu et al., KDD 2017); the DIN paper reports it.",
});

export const gaucByGroup = defineAdvice<{ name: string; values: number }>({
  code: "DIN0726",
  name: "gauc-by-group",
  message: ({ name, values }) => `\`${name}\` makes ${values} groups, not one for each user`,
  help: () => "group by the user's id",
  explanation:
    "GAUC, NDCG, hit rate and MRR measure how well the candidates of one user are ordered, so they group by the id of the user or the request. If a trait with few values forms the groups, GAUC is an AUC over millions of rows of different users and tells no more than `auc`; the others look at the first few of millions of rows.",
});

export const hidesTheLanguage = defineAdvice<{ name: string; what: "block" | "param" }>({
  code: "DIN0730",
  name: "hides-the-language",
  message: ({ name, what }) => `this ${what} hides dinc's own \`${name}\``,
  help: ({ what }) => `give the ${what} another name, if readers may expect dinc's`,
  explanation:
    "A name that a spec declares goes before the same name in the standard library or the language, so that a later version of dinc, with more names, doesn't change what the spec means. The standard library's own blocks and imported files without the declaration still use dinc's.",
});

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop()!;
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}

export const softmaxOverMany = defineAdvice<{ name: string; rows: number; most: number }>({
  code: "DIN0491",
  name: "softmax-over-many",
  message: ({ name, rows, most }) =>
    `a loss goes over all ${rows.toLocaleString("en-US")} rows of the table of \`${name}\`, more than ${most.toLocaleString("en-US")}`,
  help: ({ name }) =>
    `estimate the softmax with drawn rows: \`sampled_softmax(x, ${name}, 512)\`, or another loss over \`drawn(${name}, 512)\``,
  explanation:
    "`log_partition(x, rows(f))` takes some ten operations for each number of the table, for each row of a batch or step of a history, and every step of training changes the whole table. With 200,000 rows of 64 numbers that is more than 100 million operations for each. `sampled_softmax` estimates the same loss with n drawn rows, in a time that does not depend on the table's size.",
});

export const allRowsOfMany = defineAdvice<{ name: string; rows: number; megabytes: number }>({
  code: "DIN0457",
  name: "all-rows-of-many",
  message: ({ name, rows, megabytes }) =>
    `each step of training changes all ${rows.toLocaleString("en-US")} rows of the table of \`${name}\`: it reads and writes ${megabytes.toLocaleString("en-US")} MB`,
  help: () => "leave out `rows: all`, unless results are to be compared with those of another library",
  explanation:
    "With `rows: all` the time of a step grows with the table: it reads and writes each row and the optimizer's numbers for it, whether the batch has its id or not. Without `rows: all` a step changes the rows of its batch alone, and takes the same time with any number of ids.",
});
