// The prediction of a binary label, as a training has it.

import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { MeasuredPrediction } from "../../compiler/frontend/labels/registry.ts";

export const clickPrediction: MeasuredPrediction = {
  ...{ label: "click", width: 1, outcome: "binary", users: null },
  metrics: DEFAULT_SETTINGS.metrics,
};
