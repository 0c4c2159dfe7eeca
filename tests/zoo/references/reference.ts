// A paper's formula as a function: by label the logit of one example, or a loss's part of it.

import type { Network } from "../../support/network.ts";

export type Reference = (network: Network, example: number) => Readonly<Record<string, number>>;
