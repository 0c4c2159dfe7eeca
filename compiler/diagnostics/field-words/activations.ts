// Activations that dinc does not have, each with the block that replaces it.

import { words } from "./define-words.ts";

export const activations = words("an activation", [
  ["quick_gelu", { block: "block quick_gelu(x: Vec[d]) -> Vec[d] { x * sigmoid(1.702 * x) }" }],
  ["swish1", { is: "silu" }],
  ["celu", { is: "elu", note: "with α 1 they are the same" }],
  ["mish", { block: "block mish(x: Vec[d]) -> Vec[d] { x * tanh(softplus(x)) }" }],
  ["log_sigmoid", { block: "block log_sigmoid(x: Vec[d]) -> Vec[d] { -softplus(-x) }" }],
  ["relu6", { block: "block relu6(x: Vec[d]) -> Vec[d] { clip(x, 0, 6) }" }],
  ["squared_relu relu2", { block: "block squared_relu(x: Vec[d]) -> Vec[d] { relu(x) * relu(x) }" }],
  ["hard_swish hard_silu", { block: "block hard_swish(x: Vec[d]) -> Vec[d] { x * hard_sigmoid(x) }" }],
  ["hard_tanh", { block: "block hard_tanh(x: Vec[d]) -> Vec[d] { clip(x, -1, 1) }" }],
  ["softsign", { block: "block softsign(x: Vec[d]) -> Vec[d] { x / (1 + abs(x)) }" }],
  ["tanhshrink", { block: "block tanhshrink(x: Vec[d]) -> Vec[d] { x - tanh(x) }" }],
  ["glu", { block: "block glu(x: Vec[d]) -> Vec[d] { linear(x, d) * sigmoid(linear(x, d)) }" }],
  ["swiglu", { block: "block swiglu(x: Vec[d]) -> Vec[d] { silu(linear(x, d)) * linear(x, d) }" }],
  ["identity no_activation", { is: "none" }],
  ["rrelu randomized_relu", { write: "prelu(x)", note: "it learns the slope" }],
  ["softmin", { write: "softmax(-fields)" }],
  [
    "sparsemax entmax",
    { write: "softmax(fields)", note: "no other way to make weights that sum to 1 is there" },
  ],
  ["log_softmax", { write: "log(softmax(fields))" }],
]);
