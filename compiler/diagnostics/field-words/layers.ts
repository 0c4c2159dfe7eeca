// Layers and functions of Keras, PyTorch, DeepCTR, FuxiCTR and EasyRec, and their equivalents in dinc.

import { words } from "./define-words.ts";

export const layers = words("a layer or a function", [
  ["Linear FullyConnected fc fully_connected", { is: "dense", note: "dinc's `linear` has no bias" }],
  ["dnn mlp_block feed_forward ffn multi_layer_perceptron", { is: "mlp" }],
  ["Concatenate concatenation cat", { is: "concat" }],
  ["stack", { write: "[x, y]", note: "values of one width in brackets are a list" }],
  ["add", { write: "x + y" }],
  ["subtract sub", { write: "x - y" }],
  ["multiply mul hadamard elementwise_product", { write: "x * y" }],
  ["divide div", { write: "x / (1 + y * y)", note: "division is `/`" }],
  [
    "matmul mm bmm einsum",
    { write: "linear(x, 8)", note: "weights of its own come with it; two vectors meet in `dot(x, y)`" },
  ],
  ["inner_product", { is: "dot" }],
  [
    "cosine cosine_similarity cos_sim",
    {
      write: "dot(x, y) / sqrt(dot(x, x) * dot(y, y) + 1e-9)",
    },
  ],
  ["square", { write: "pow(x, 2)" }],
  ["neg negative", { write: "-x" }],
  ["reciprocal inverse", { write: "1 / where(x == 0, 1, x)", note: "a division by 0 has no slope" }],
  [
    "prod reduce_prod cumprod product_of",
    {
      note: "along a history or list of probabilities it is `all(p)`, and `any(p)` that at least one happens; of other positive values `exp(sum(log(x)))`",
    },
  ],
  ["power", { is: "pow" }],
  ["fabs", { is: "abs" }],
  ["minimum", { is: "min", write: "min(x, y)" }],
  ["maximum", { is: "max", write: "max(x, y)" }],
  ["clamp clip_by_value", { is: "clip", write: "clip(x, 0, 1)" }],
  ["rsqrt", { write: "pow(x, -0.5)" }],
  [
    "log1p",
    {
      write: "log(1 + x)",
      note: "a raw number takes its logarithm where it is declared: `price : number |> log1p`",
    },
  ],
  ["expm1", { write: "exp(x) - 1" }],
  ["log10 log2", { write: "log(x) / 2.302585", note: "`log` is the natural logarithm" }],
  ["sinusoidal", { write: "position(clicks, 8)", note: "dinc learns a vector for each place instead" }],
  ["greater gt", { write: "x > y" }],
  ["less lt", { write: "x < y" }],
  ["equal eq", { write: "x == y" }],
  [
    "reduce_sum",
    { write: "sum(fields)", note: "`sum` adds up steps or elements, `total(x)` the numbers of a vector" },
  ],
  ["reduce_mean average avg", { is: "mean" }],
  ["global_average_pooling_1d avg_pool average_pooling mean_pooling", { is: "mean" }],
  ["reduce_max global_max_pooling_1d max_pool max_pooling", { is: "max" }],
  ["sum_pooling sequence_pooling", { is: "sum" }],
  [
    "argmax top_k topk top_n",
    {
      write: "top(clicks, 10, by: dot(item_id, clicks.item_id))",
      note: "`top` takes the steps of a history with the highest score, `k_max` of each number of a list the largest",
    },
  ],
  ["k_max_pooling", { is: "k_max" }],
  [
    "sort argsort sorted sort_by order_by",
    {
      write: "top(clicks, 10, by: dot(item_id, clicks.item_id))",
      note: "the best steps keep the order of time, which is the only order that steps have",
    },
  ],
  [
    "filter subset boolean_mask",
    {
      write: "mean(clicks, where: dot(item_id, clicks.item_id) > 0)",
      note: "`where:` says which steps count; `top(clicks, 20, where: …)` makes an axis of them",
    },
  ],
  [
    "take head tail latest recent truncate",
    { write: "top(clicks, 5)", note: "without `by` these are the latest steps" },
  ],
  [
    "reverse flip",
    {
      write: "scan_back(gru_cell, clicks, width: 8)",
      note: "`scan_back` goes from the latest step to the first",
    },
  ],
  ["cumsum cumulative_sum cum_sum", { write: "scan((h, x) => h + x, clicks, width: 8)" }],
  [
    "shift lag lead diff delta gap gaps",
    {
      write: "before_last(clicks) - after_first(clicks)",
      note: "each step beside the one that follows it",
    },
  ],
  ["prepend", { write: "append(clicks, item_id)", note: "a vector stands after the latest step" }],
  [
    "tile repeat broadcast broadcast_to expand",
    { write: "clicks * item_id", note: "a vector that meets a history is repeated for each step" },
  ],
  [
    "hash lsh sim_hash random_projection",
    {
      is: "bits",
      write: "bits(item_id, 8)",
      note: "as a layer, `layer hash = bits(8)`, all calls have the same random vectors",
    },
  ],
  [
    "reshape view squeeze unsqueeze expand_dims",
    { write: "split(x, 2)", note: "`split` makes a list of a vector, `flatten` a vector of a list" },
  ],
  [
    "permute swapaxes",
    { is: "transpose", note: "`transpose` turns a list of n vectors of width d into d vectors of width n" },
  ],
  ["pick gather index_select slice nth element_at", { write: "fields[1]" }],
  ["cond if select ifelse", { is: "where", write: "where(x > 0, x, y)" }],
  [
    "mask masking sequence_mask",
    {
      note: "there are no masks: a history has its length inside, and its missing steps take part in nothing",
    },
  ],
  ["batch_normalization batch_norm_1d", { is: "batch_norm" }],
  ["layer_normalization", { is: "layer_norm" }],
  ["group_norm instance_norm", { is: "layer_norm", note: "it is the only norm within a vector" }],
  ["l2_normalize l2_normalization l2_norm normalize unit_norm", { write: "x / sqrt(dot(x, x) + 1e-9)" }],
  [
    "rms_norm",
    { write: "x / sqrt(dot(x, x) / 8 + 1e-6) * parameter(8, init: 1)", note: "8 being the width of x" },
  ],
  ["norm euclidean_norm vector_norm", { write: "sqrt(dot(x, x))" }],
  [
    "embedding embedding_bag lookup",
    { write: "embed(item_id, 8)", note: "or give the feature its width: `item_id : id  embed 8`" },
  ],
  [
    "bi_lstm bi_gru bidirectional",
    {
      is: "scan_back",
      write: "concat(gru(clicks, width: 8), scan_back(gru_cell, clicks, width: 8))",
      note: "`scan_back` goes from the latest step to the first",
    },
  ],
  [
    "rnn simple_rnn dynamic_gru gru_layer",
    {
      is: "gru",
      write: "gru(clicks, width: 8)",
      note: "a recurrence of your own is a block of one step, given to `scan`",
    },
  ],
  [
    "conv conv1d conv2d conv_1d conv_2d causal_conv",
    {
      is: "window",
      write: "window(clicks, 3) |> dense(8, relu)",
      note: "a convolution is a layer over each step with its neighbours",
    },
  ],
  [
    "self_attention multi_head_attention multi_head_self_attention multi_head_target_attention",
    { is: "multi_head", write: "multi_head(clicks, heads: 2)" },
  ],
  [
    "transformer transformer_block transformer_encoder",
    { is: "encoder", write: "encoder(clicks, units: 8)" },
  ],
  ["scaled_dot_product_attention dot_product_attention", { is: "attention" }],
  ["positional_encoding position_embedding positional_embedding", { write: "position(clicks, 8)" }],
  [
    "age recency time_gap time_since time_diff elapsed time_interval",
    {
      write: "now - clicks.at",
      note: "the difference of two features of kind `time` is a number of seconds: `now : time` in `features context`, `at : time` in the history",
    },
  ],
  ["activation_unit local_activation_unit", { is: "activation_score" }],
  [
    "attention_sequence_pooling attention_sequence_pooling_layer din_attention attention_pooling din",
    { is: "attend", write: "attend(item_id, clicks)" },
  ],
  ["cross_net cross_network cross_layer cross_net_v2", { is: "cross" }],
  ["cross_net_mix dcn_mix", { is: "cross", note: "it has one full matrix a layer" }],
  ["factorization_machine", { is: "fm" }],
  ["compressed_interaction_net compressed_interaction_network", { is: "cin" }],
  ["bi_interaction_pooling", { is: "bi_interaction" }],
  ["bilinear_interaction", { is: "bilinear" }],
  ["senet_layer squeeze_excitation se_layer", { is: "senet" }],
  ["inner_product_layer", { is: "inner_products" }],
  ["outter_product_layer outer_product_layer", { is: "outer_product" }],
  ["afm_layer", { is: "afm" }],
  ["interacting_layer auto_int", { is: "interacting" }],
  ["gate_nu", { is: "gate" }],
  ["prediction_layer", { is: "sigmoid", note: "a prediction ends with it" }],
  ["logit logits", { write: "dense(x, 1)", note: "a prediction is its sigmoid" }],
  ["gaussian_noise alpha_dropout", { is: "dropout" }],
  ["spatial_dropout feature_dropout embedding_dropout word_dropout drop_path", { is: "vector_dropout" }],
  ["detach no_grad", { is: "stop_gradient" }],
  ["map apply vmap lambda", { is: "each" }],
  ["reduce foldl", { is: "fold" }],
  ["zip range enumerate", { write: "each(1..3, i => i * x)", note: "a range is written `1..3`" }],
  ["length len seq_len sequence_length", { is: "count", note: "a list's length is known when compiling" }],
  ["shape size", { note: "widths are part of types: in `block f(x: Vec[d])` the width is `d`" }],
  [
    "sequential",
    { write: "x |> dense(8, relu) |> dense(4)", note: "a pipe applies one layer after the other" },
  ],
  ["mse mean_squared_error l2_loss squared_error", { is: "squared" }],
  ["mae mean_absolute_error l1_loss absolute_error", { is: "absolute" }],
  ["smooth_l1 huber_loss", { is: "huber" }],
  ["nll softmax_cross_entropy categorical_cross_entropy", { is: "cross_entropy" }],
  [
    "in_batch softmax_in_batch sampled_softmax_loss nce_loss two_tower_loss batch_softmax",
    {
      is: "in_batch_softmax",
      note: "in a `loss`, and the other rows of the batch are the negatives: `loss next = in_batch_softmax(user, item, item_id)`",
    },
  ],
  [
    "contrastive contrastive_loss nt_xent simclr ssl_loss",
    { is: "info_nce", note: "in a `loss`: `loss alike = info_nce(a, b, temperature: 0.1)`" },
  ],
  ["focal focal_loss", { note: "it is a setting: `train { loss focal(gamma: 2) }`" }],
  ["pairwise_logistic rank_net pairwise bpr_loss", { is: "bpr" }],
  ["margin_loss margin_ranking triplet_margin pairwise_margin", { is: "pairwise_hinge" }],
  ["list_net listwise listwise_loss softmax_loss", { is: "listwise_softmax" }],
  [
    "bce binary_cross_entropy binary_crossentropy bce_with_logits",
    {
      write: "log_loss(x, 1)",
      note: "it is the binary cross-entropy of a logit; labels have it by themselves",
    },
  ],
]);
