// The references by the model's name. Each gives the logits of one example, by label, from embeddings and weights alone: the
// paper's formula in loops, written without looking at how dinc computes it. Auxiliary losses have references of their own.

import * as attended from "./attended.ts";
import * as convolved from "./convolved.ts";
import * as crossed from "./crossed.ts";
import * as deep from "./deep.ts";
import * as domains from "./domains.ts";
import * as drawn from "./drawn.ts";
import * as factorized from "./factorized.ts";
import * as interest from "./interest.ts";
import * as matches from "./matches.ts";
import * as matrices from "./matrices.ts";
import * as pairs from "./pairs.ts";
import * as ranks from "./ranks.ts";
import type { Reference } from "./reference.ts";
import * as routed from "./routed.ts";
import * as rows from "./rows.ts";
import * as search from "./search.ts";
import * as sequences from "./sequences.ts";
import * as tasks from "./tasks.ts";
import * as taught from "./taught.ts";
import * as towers from "./towers.ts";
import * as transfers from "./transfers.ts";
import * as words from "./words.ts";

export const references: Readonly<Record<string, Reference>> = {
  ...attended.references,
  ...convolved.references,
  ...crossed.references,
  ...deep.references,
  ...domains.references,
  ...drawn.references,
  ...factorized.references,
  ...interest.references,
  ...matches.references,
  ...matrices.references,
  ...ranks.references,
  ...routed.references,
  ...rows.references,
  ...search.references,
  ...pairs.references,
  ...sequences.references,
  ...tasks.references,
  ...taught.references,
  ...towers.references,
  ...transfers.references,
  ...words.references,
};

/** By model and loss: what an example adds to it. */
export const losses: Readonly<Record<string, Reference>> = {
  ...crossed.losses,
  ...drawn.losses,
  ...matches.losses,
  ...pairs.losses,
  ...search.losses,
  ...sequences.losses,
  ...towers.losses,
  ...transfers.losses,
  ...ranks.losses,
  ...routed.losses,
  ...rows.losses,
  ...taught.losses,
};
