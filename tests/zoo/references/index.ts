// The references by the model's name. Each gives the logits of one example, by label, from embeddings and weights alone: the
// paper's formula in loops, written without looking at how dinc computes it.

import type { Network } from "../../support/network.ts";
import * as deep from "./deep.ts";
import * as factorized from "./factorized.ts";
import * as interest from "./interest.ts";
import * as tasks from "./tasks.ts";

export type Reference = (network: Network, example: number) => Readonly<Record<string, number>>;

export const references: Readonly<Record<string, Reference>> = {
  ...deep.references,
  ...factorized.references,
  ...interest.references,
  ...tasks.references,
};
