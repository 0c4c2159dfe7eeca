// The smallest change to each spec of tests/lint after which there is nothing to advise: what stands in the text, and
// what should. `dinc explain` shows it as the good example. Where a fix does it there is none here.

export type Change = readonly [from: string, to: string];

export const nearMisses: Readonly<Record<string, readonly Change[]>> = {
  "hides-the-language": [
    ["block attend(x)", "block tower(x)"],
    ["concat(attend(user_id), attend(item_id))", "concat(tower(user_id), tower(item_id))"],
  ],
  "no-gauc": [["metrics auc, log_loss", "metrics auc, log_loss, gauc(by: user_id)"]],
  "no-ranking-metric": [["metrics log_loss", "metrics log_loss, auc"]],
  "weights-divided-again": [["mean(softmax(", "sum(softmax("]],
  "outcome-as-feature": [
    ["watch_time : number", "watch_time_7d : number"],
    ["interest, watch_time)", "interest, watch_time_7d)"],
  ],
  "position-as-feature": [
    ["position : int(1..50)  embed 4", "page     : int(1..50)  embed 4"],
    ["hour, position)", "hour, page)"],
  ],
  "field-left-unbound": [
    ["  item_id <-> hist_item_id\n", "  item_id <-> hist_item_id\n  cate_id <-> hist_cate_id\n"],
    ["attend(item_id, clicks)", "attend(target, clicks)"],
  ],
  "history-without-target": [["concat(price, interest)", "concat(item_id, price, interest)"]],
  "attention-ignores-candidate": [["softmax(dense(clicks, 1))", "softmax(dense(concat(target, clicks), 1))"]],
  "attention-by-user": [["attend_softmax(user_id, clicks)", "attend_softmax(target, clicks)"]],
  "linear-after-linear": [["dense(80)", "dense(80, relu)"]],
  "mlp-without-activation": [["mlp([200, 80], none)", "mlp([200, 80], tanh)"]],
  "bounded-logit": [["dense(1, relu)", "dense(1)"]],
  "log-of-any-sign": [["dense(1)", "dense(1) |> exp"]],
  "unscaled-number": [["price   : number\n", "price   : number |> log1p\n"]],
  "unscaled-duration": [["now - clicks.at", "log(1 + (now - clicks.at))"]],
  "constant-feature": [['enum("shop")', 'enum("shop", "app")']],
  "embedding-wider-than-table": [["embed 32", "embed 9"]],
  "table-exceeds-memory": [["id(size: 50_000_000)  embed 32", "id(size: 40_000_000)  embed 32"]],
  "softmax-over-many": [["id(size: 5_000_000)", "id(size: 150_000)"]],
  "all-rows-of-many": [["adam(rows: all)", "adam"]],
  "memorized-users": [["user_id : id  embed 16", "user_id : id(min_count: 2)  embed 16"]],
  "long-history": [["max: 5000", "max: 1000"]],
  "repeated-input": [["concat(key, key,", "concat(query, key,"]],
  "repeated-by-list": [["concat(gender, [target, interest]) |> flatten", "concat(gender, target, interest)"]],
  "always-the-same": [["key - key", "query - key"]],
  "prediction-ignores-user": [
    [
      "features item {",
      'features context {\n  device : enum("phone", "desktop")  embed 4\n}\n\nfeatures item {',
    ],
    ["concat(item_id, cate_id)", "concat(device, item_id, cate_id)"],
  ],
  "nothing-learned": [["bpr(click,", "bpr(score,"]],
  "predictions-alike": [
    ["predict buy   = score", "predict buy   = dense(concat(target, interest), 1) |> sigmoid"],
  ],
  "unusual-learning-rate": [["learning_rate: 0.5", "learning_rate: 0.02"]],
  "swapped-betas": [["0.999, 0.9)", "0.9, 0.999)"]],
  "unusual-batch": [["batch   1\n", "batch   8\n"]],
  "epochs-without-regularization": [["epochs  20\n", "epochs  20\n  regularize mini_batch_aware(1e-2)\n"]],
  "one-epoch-to-choose-from": [["patience: 2)\n", "patience: 2)\n  epochs  5\n"]],
  "shifted-probabilities": [[", log_loss", ""]],
  "gauc-by-group": [
    ["  gender : enum", "  user_id : id\n  gender : enum"],
    ["gauc(by: gender)", "gauc(by: user_id)"],
  ],
};
