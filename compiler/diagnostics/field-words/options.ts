// Names of arguments and options in other systems, and their equivalents in dinc.

import { words } from "./define-words.ts";

export const options = words("an option", [
  [
    "units out_features out_dim output_dim hidden_size hidden_dim n_units size dim embedding_dim emb_dim embed_dim",
    { is: "width" },
  ],
  ["hidden_units hidden_layers layers dnn_hidden_units", { is: "units" }],
  ["act activation_fn dnn_activation nonlinearity", { is: "activation" }],
  ["num_heads n_heads nhead head_num", { is: "heads" }],
  ["num_layers n_layers depth layer_num cross_num", { is: "layers" }],
  ["num_experts n_experts expert_num", { is: "experts" }],
  ["num_tasks n_tasks", { is: "tasks" }],
  ["p prob drop drop_rate dropout_rate dropout keep_prob", { is: "rate" }],
  ["lr eta step_size", { is: "learning_rate" }],
  ["eps", { is: "epsilon" }],
  ["decay l2", { is: "weight_decay" }],
  ["label_smoothing", { is: "smoothing" }],
  ["pos_weight positive_weight class_weight", { is: "positive" }],
  ["num_buckets hash_bucket_size buckets hash_size num_bins", { is: "hash" }],
  ["vocab_size vocabulary_size vocab cardinality num_embeddings n num_classes", { is: "size" }],
  ["min_freq min_frequency min_occurrence min_categr_count threshold", { is: "min_count" }],
  ["vocabulary vocab_file vocab_path file", { is: "vocabulary" }],
  ["max_len maxlen max_length length len size maxlen_", { is: "max" }],
  ["combiner pooling aggregation reduce", { is: "pool" }],
  ["default default_value fill na fill_na null na_value", { is: "missing" }],
  ["initializer initialization embeddings_initializer", { is: "init" }],
  ["pretrained pretrain weights path", { is: "from" }],
  ["k top_k n topk cutoff", { is: "at" }],
  ["group group_by groupby user by_user", { is: "by" }],
  ["bins num_bins n_bins", { is: "bins" }],
  ["monitor", { is: "metric" }],
  ["warmup_steps num_warmup_steps", { is: "warmup" }],
  ["decay_steps step_size", { is: "every" }],
  ["decay_rate rate gamma", { is: "factor" }],
  ["loss_weight coefficient", { is: "weight" }],
  ["max_norm clip_norm", { is: "most" }],
  ["k top_k topk num n", { is: "count" }],
  ["score scores key sort_by", { is: "by" }],
  ["domain scenario scene domain_id", { is: "per" }],
  ["embedding embeddings emb embed sparse", { is: "tables" }],
  ["net network dnn layers weights", { is: "dense" }],
  ["initial_accumulator_value", { is: "initial_accumulator" }],
  [
    "padding pad padding_idx padding_value pad_value pad_id pad_sequences mask_zero length_name seq_length seq_len",
    {
      note: "a history ends where it ends, and needs neither padding nor a column of lengths; the value that fills lists up in a file is named in dinc.yaml: `data: { padding: 0 }`",
    },
  ],
  ["mask attn_mask attention_mask key_mask padding_mask", { is: "where" }],
  [
    "by by_value by_group per_value slice",
    {
      is: "per",
      note: "`auc(per: page)` is of the rows of each value, `gauc(by: user_id)` compares within each user",
    },
  ],
  [
    "by domain scenario scene domain_id",
    {
      note: "`dense`, `star` and `batch_norm` have weights for each value of a feature; several layers are a `fold`: `fold([64, 32], x, (h, n) => h |> dense(n, relu, by: domain))`",
    },
  ],
  [
    "weight_decay l2 l2_reg",
    {
      note: "`optimizer adamw` has it, and `regularize l2(dense: 1e-5, tables: 1e-6)` is a setting of its own",
    },
  ],
  ["bn_momentum decay_rate bn_decay moving_average_fraction", { is: "momentum" }],
  ["ema ema_decay", { note: "`average ema(0.999)` is a setting of its own" }],
  ["for part params", { note: "the optimizer of a part says it in its parentheses: `ftrl(0.1, for: wide)`" }],
  [
    "causal is_causal causality",
    {
      note: "`causal_attention` sees what was before; a mask of pairs is `where: facing(place(x)) >= place(x)`",
    },
  ],
  [
    "bias use_bias has_bias",
    {
      note: "`linear(x, 8)` is a layer without a bias; scores of pairs take one as a sum: `softmax(dot(q, facing(k)) + b)`",
    },
  ],
  [
    "axis dim keepdims keep_dims keepdim",
    {
      note: "`sum` and `mean` go along steps or elements, `total` along a vector, and so does the `softmax` of one",
    },
  ],
  [
    "reverse backwards go_backwards bidirectional",
    { note: "`scan_back(gru_cell, x, width: 8)` goes from the latest step to the first" },
  ],
  [
    "return_sequences return_state",
    { note: "a recurrence gives its state at every step; `last(…)` is the one at the end" },
  ],
  [
    "batch_norm batch_normalization bn use_bn norm",
    { note: "it is a layer: `fold([64, 32], x, (h, n) => h |> dense(n) |> batch_norm |> relu)`" },
  ],
  [
    "dropout dropout_rate dnn_dropout net_dropout",
    { note: "it is a layer: `fold([64, 32], x, (h, n) => h |> dense(n, relu) |> dropout(0.2))`" },
  ],
  ["temperature tau", { note: "divide by it: `softmax(x / 0.5)`" }],
  [
    "frozen freeze trainable requires_grad",
    {
      note: "write a value that is not learned as `stop_gradient(parameter(8))`, and a table that never changes as `embed(8, freeze)`",
    },
  ],
]);
