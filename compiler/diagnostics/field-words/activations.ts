// Activations that dinc does not have, each with the block that replaces it.

import { words } from "./define-words.ts";

export const activations = words("an activation", [
  [
    "gelu",
    {
      block:
        "block gelu(x: Vec[d]) -> Vec[d] { 0.5 * x * (1 + tanh(0.79788456 * (x + 0.044715 * x * x * x))) }",
    },
  ],
  ["quick_gelu", { block: "block quick_gelu(x: Vec[d]) -> Vec[d] { x * sigmoid(1.702 * x) }" }],
  ["swish", { block: "block swish(x: Vec[d]) -> Vec[d] { x * sigmoid(x) }" }],
  ["silu", { block: "block silu(x: Vec[d]) -> Vec[d] { x * sigmoid(x) }" }],
  [
    "elu",
    {
      block: "block elu(x: Vec[d]) -> Vec[d] { let t = tanh(-0.5 * relu(-x))  relu(x) + 2 * t / (1 - t) }",
    },
  ],
  [
    "celu",
    {
      block: "block celu(x: Vec[d]) -> Vec[d] { let t = tanh(-0.5 * relu(-x))  relu(x) + 2 * t / (1 - t) }",
    },
  ],
  [
    "selu",
    {
      block:
        "block selu(x: Vec[d]) -> Vec[d] { let t = tanh(-0.5 * relu(-x))  1.0507 * relu(x) + 3.5162 * t / (1 - t) }",
    },
  ],
  [
    "mish",
    {
      block: "block mish(x: Vec[d]) -> Vec[d] { let q = sigmoid(-x)  x * (1 - 1 * q * q) / (1 + 1 * q * q) }",
    },
  ],
  ["softplus", { block: "block softplus(x: Vec[d]) -> Vec[d] { log_loss(x, 0) }" }],
  ["log_sigmoid", { block: "block log_sigmoid(x: Vec[d]) -> Vec[d] { -log_loss(x, 1) }" }],
  ["relu6", { block: "block relu6(x: Vec[d]) -> Vec[d] { relu(x) - relu(x - 6) }" }],
  ["squared_relu relu2", { block: "block squared_relu(x: Vec[d]) -> Vec[d] { relu(x) * relu(x) }" }],
  ["hard_sigmoid", { block: "block hard_sigmoid(x: Vec[d]) -> Vec[d] { (relu(x + 3) - relu(x - 3)) / 6 }" }],
  [
    "hard_swish hard_silu",
    { block: "block hard_swish(x: Vec[d]) -> Vec[d] { x * (relu(x + 3) - relu(x - 3)) / 6 }" },
  ],
  ["hard_tanh", { block: "block hard_tanh(x: Vec[d]) -> Vec[d] { relu(x + 1) - relu(x - 1) - 1 }" }],
  ["softsign", { block: "block softsign(x: Vec[d]) -> Vec[d] { x / (1 + relu(x) + relu(-x)) }" }],
  ["tanhshrink", { block: "block tanhshrink(x: Vec[d]) -> Vec[d] { x - tanh(x) }" }],
  ["glu", { block: "block glu(x: Vec[d]) -> Vec[d] { linear(x, d) * sigmoid(linear(x, d)) }" }],
  [
    "swiglu",
    { block: "block swiglu(x: Vec[d]) -> Vec[d] { let g = linear(x, d)  g * sigmoid(g) * linear(x, d) }" },
  ],
  ["identity no_activation", { is: "none" }],
  ["rrelu randomized_relu", { write: "prelu(x)", note: "it learns the slope" }],
  ["softmin", { write: "softmax(-fields)" }],
  [
    "sparsemax entmax",
    { write: "softmax(fields)", note: "no other way to make weights that sum to 1 is there" },
  ],
  ["log_softmax", { write: "softmax(fields)", note: "dinc takes no logarithm of it" }],
]);
