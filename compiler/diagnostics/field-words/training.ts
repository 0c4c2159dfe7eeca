// Training terms of other systems (losses, optimizers, schedules, metrics, regularizers, settings) and their
// equivalents in dinc.

import { words } from "./define-words.ts";

export const losses = words("a loss", [
  [
    "bce log_loss logloss binary_logloss bce_loss bce_with_logits bce_with_logits_loss logistic sigmoid_cross_entropy cross_entropy nll",
    { is: "binary_cross_entropy" },
  ],
  ["focal_loss", { is: "focal" }],
  [
    "mse mean_squared_error mae mean_absolute_error l1 l2 huber smooth_l1 rmse poisson tweedie log_cosh ziln quantile",
    {
      note: "this is the loss of labels that are 0 or 1; a label that is a `number` has `squared`, or what its prediction names: `predict watch(loss: huber) = …`",
    },
  ],
  [
    "hinge squared_hinge exponential margin",
    { note: "a prediction names such a loss: `predict click(loss: hinge) = …`" },
  ],
  [
    "bpr pairwise pairwise_hinge rank_net lambda_rank triplet listwise listwise_softmax jrc",
    {
      note: "what compares the rows of a user or a request is a loss of your own in `net`: `loss order = bpr(score, click, by: user_id)`",
    },
  ],
  [
    "contrastive info_nce softmax_cross_entropy in_batch_softmax",
    {
      note: "what compares the rows of a batch is a loss of your own in `net`: `loss next = in_batch_softmax(user, item, item_id)`",
    },
  ],
  [
    "categorical_cross_entropy categorical_crossentropy sparse_categorical_crossentropy",
    { note: "a label with classes, `label stars : int(1..5)`, has it by itself" },
  ],
  [
    "uncertainty uncertainty_weighting learn_loss_weight dynamic_weight",
    {
      note: "weights of tasks are learned in `net`: `let noise = parameter(2)`, `predict click(weight: exp(-noise[1])) = …`, and `loss noises = noise[1] + noise[2]`",
    },
  ],
  [
    "kl kl_divergence distillation",
    { is: "binary_cross_entropy", note: "a loss of your own is `loss name = …` in `net`" },
  ],
]);

export const optimizers = words("an optimizer", [
  [
    "sparse_adam lazy_adam",
    { is: "adam", note: "tables change only in the rows that a batch has, if `rows: all` is absent" },
  ],
  ["nadam radam adamax adabelief yogi lamb lion amsgrad", { is: "adam" }],
  [
    "rmsprop rms_prop",
    {
      is: "adam",
      write: "adam(beta1: 0)",
      note: "without the mean of gradients it is RMSprop with a correction of its bias",
    },
  ],
  ["adadelta", { is: "adagrad" }],
  ["row_wise_adagrad", { is: "adagrad", write: "adagrad(row_wise: true)" }],
  ["nesterov nag", { is: "momentum", write: "momentum(learning_rate: 1e-2, nesterov: true)" }],
  ["lbfgs newton", { is: "adam" }],
  ["gradient_descent", { is: "sgd" }],
]);

export const schedules = words("a schedule", [
  ["cosine_annealing cosine_decay cosine_annealing_lr cosine_restarts one_cycle", { is: "cosine" }],
  ["linear_decay polynomial polynomial_decay", { is: "linear" }],
  [
    "step_lr multi_step multi_step_lr piecewise piecewise_constant",
    { is: "step", write: "step(every: 1000, factor: 0.5)" },
  ],
  [
    "exponential_decay exponential_lr inverse_sqrt inverse_time_decay noam",
    { is: "exponential", write: "exponential(every: 1000, factor: 0.9)" },
  ],
  ["warmup warm_up linear_warmup", { write: "constant(warmup: 500)", note: "every schedule takes `warmup`" }],
  ["reduce_on_plateau reduce_lr_on_plateau", { is: "plateau", write: "plateau(factor: 0.1)" }],
]);

export const metrics = words("a metric", [
  ["roc_auc auroc auc_roc", { is: "auc" }],
  ["user_auc uauc wuauc group_auc grouped_auc", { is: "gauc", write: "gauc(by: user_id)" }],
  ["average_precision ap auprc auc_pr prauc", { is: "pr_auc" }],
  ["bce binary_cross_entropy binary_crossentropy binary_logloss cross_entropy loss", { is: "log_loss" }],
  ["normalized_entropy normalised_entropy normalized_cross_entropy nce", { is: "ne" }],
  ["rig relative_information_gain", { is: "ne", note: "RIG is 1 − NE" }],
  ["acc binary_accuracy", { is: "accuracy" }],
  ["calibration_error brier brier_score", { is: "ece" }],
  ["copc pcoc", { is: "calibration" }],
  [
    "hr hit hit_ratio recall recall_at_k hit_at_k",
    { is: "hit_rate", write: "hit_rate(at: 10, by: user_id)" },
  ],
  ["ndcg_at_k dcg", { is: "ndcg", write: "ndcg(at: 10, by: user_id)" }],
  ["map mean_average_precision mean_reciprocal_rank", { is: "mrr", write: "mrr(by: user_id)" }],
  [
    "precision f1 f1_score f_beta precision_at_k",
    { note: "a ranking has no threshold; `pr_auc` is over all of them, and `accuracy` at one half" },
  ],
  ["mse mean_squared_error root_mean_squared_error", { is: "rmse" }],
  ["mean_absolute_error", { is: "mae" }],
  [
    "rmsle msle mape smape",
    { is: "rmse", note: "for errors in shares of the label, write its logarithm into the data" },
  ],
  ["r_squared r2_score", { is: "r2" }],
  ["ks ks_statistic gini", { is: "auc", note: "Gini is 2·AUC − 1" }],
]);

export const regularizers = words("a regularizer", [
  ["lasso", { is: "l1", write: "l1(1e-5)" }],
  ["sparse_group_lasso group_l1", { is: "group_lasso", write: "group_lasso(1e-3)" }],
  ["l1_l2 elastic_net elasticnet ridge", { is: "l2", write: "l2(dense: 1e-5, tables: 1e-6)" }],
  [
    "weight_decay",
    {
      write: "l2(dense: 1e-5)",
      note: "or decoupled from the gradient: `optimizer adamw(weight_decay: 1e-2)`",
    },
  ],
  ["embedding_regularizer embedding_l2 l2_reg_embedding", { write: "l2(tables: 1e-6, rows: all)" }],
  ["net_regularizer l2_reg_dnn l2_reg_linear l2_reg", { write: "l2(dense: 1e-5)" }],
  ["dropout", { note: "it stands in the network: `x |> dense(64, relu) |> dropout(0.2)`" }],
  [
    "batch_norm label_smoothing mixup max_norm",
    {
      note: "`regularize` takes `l2`, `l1`, `group_lasso` and `mini_batch_aware`; smoothed labels are `loss binary_cross_entropy(smoothing: 0.1)`",
    },
  ],
]);

export const settings = words("a setting", [
  ["batch_size mini_batch bs train_batch_size", { is: "batch" }],
  ["epoch num_epochs n_epochs max_epochs iterations", { is: "epochs" }],
  ["learning_rate lr", { is: "optimizer", write: "optimizer adam(learning_rate: 1e-3)" }],
  [
    "scheduler lr_schedule lr_scheduler learning_rate_schedule decay",
    { is: "schedule", write: "schedule cosine" },
  ],
  ["early_stopping early_stop patience monitor callbacks", { is: "stop", write: "stop early(patience: 2)" }],
  [
    "gradient_clip clip_norm clipnorm grad_clip max_grad_norm gradient_clip_norm",
    { is: "clip", write: "clip norm(5.0)" },
  ],
  [
    "regularizer regularization embedding_regularizer net_regularizer weight_decay l2",
    { is: "regularize", write: "regularize l2(dense: 1e-5, tables: 1e-6)" },
  ],
  ["l1", { is: "regularize", write: "regularize l1(1e-5)" }],
  ["metric eval_metric evaluate", { is: "metrics", write: "metrics auc, log_loss" }],
  ["random_seed random_state", { is: "seed" }],
  [
    "ema ema_decay moving_average exponential_moving_average averaging swa",
    { is: "average", write: "average ema(0.999)" },
  ],
  [
    "sparse_optimizer embedding_optimizer linear_optimizer dense_optimizer optimizers",
    { is: "optimizer", write: "optimizer adam(1e-3), adagrad(0.05, for: tables)" },
  ],
  [
    "for",
    {
      write: "optimizer adam(1e-3), adagrad(0.05, for: tables)",
      note: "an optimizer says in its parentheses which part it is for",
    },
  ],
  ["objective criterion loss_function", { is: "loss" }],
  ["dropout", { note: "it stands in the network: `x |> dense(64, relu) |> dropout(0.2)`" }],
  ["shuffle drop_last", { note: "rows are shuffled in every epoch, in an order that follows from `seed`" }],
  ["class_weight pos_weight", { write: "loss binary_cross_entropy(positive: 2)" }],
  [
    "sample_weight weight weights example_weight sample_weights weight_column",
    { note: "a label names the column of its rows' weights: `label click : binary(weight: dwell)`" },
  ],
  [
    "group group_by group_id session_id query_id",
    {
      note: "batches keep the rows of a user or a request together where a loss compares them: `loss order = bpr(score, click, by: user_id)`",
    },
  ],
  ["label_smoothing", { write: "loss binary_cross_entropy(smoothing: 0.1)" }],
  ["steps max_steps steps_per_epoch", { is: "epochs", note: "training is counted in passes over the rows" }],
  [
    "validation validation_split valid train test data dataset path",
    { note: "data stand in dinc.yaml, not in the spec" },
  ],
  [
    "device gpu cuda num_workers workers verbose log_dir checkpoint",
    { note: "it is a matter of the machine: see `dinc train --help`" },
  ],
]);
