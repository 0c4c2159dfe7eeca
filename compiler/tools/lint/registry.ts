// Every advice rule, in the order of the codes.

import { allRowsOfMany } from "./all-rows-of-many.rule.ts";
import { alwaysTheSame } from "./always-the-same.rule.ts";
import { attentionIgnoresCandidate } from "./attention-ignores-candidate.rule.ts";
import { boundedLogit } from "./bounded-logit.rule.ts";
import { constantFeature } from "./constant-feature.rule.ts";
import type { Rule } from "./define-rule.ts";
import { embeddingWiderThanTable } from "./embedding-wider-than-table.rule.ts";
import { epochsWithoutRegularization } from "./epochs-without-regularization.rule.ts";
import { fieldLeftUnbound } from "./field-left-unbound.rule.ts";
import { gaucByGroup } from "./gauc-by-group.rule.ts";
import { hidesTheLanguage } from "./hides-the-language.rule.ts";
import { historyWithoutTarget } from "./history-without-target.rule.ts";
import { linearAfterLinear } from "./linear-after-linear.rule.ts";
import { logOfAnySign } from "./log-of-any-sign.rule.ts";
import { longHistory } from "./long-history.rule.ts";
import { memorizedUsers } from "./memorized-users.rule.ts";
import { noGauc } from "./no-gauc.rule.ts";
import { noRankingMetric } from "./no-ranking-metric.rule.ts";
import { nothingLearned } from "./nothing-learned.rule.ts";
import { oneEpochToChooseFrom } from "./one-epoch-to-choose-from.rule.ts";
import { outcomeAsFeature } from "./outcome-as-feature.rule.ts";
import { positionAsFeature } from "./position-as-feature.rule.ts";
import { predictionIgnoresUser } from "./prediction-ignores-user.rule.ts";
import { predictionsAlike } from "./predictions-alike.rule.ts";
import { repeatedByList } from "./repeated-by-list.rule.ts";
import { repeatedInput } from "./repeated-input.rule.ts";
import { shiftedProbabilities } from "./shifted-probabilities.rule.ts";
import { softmaxOverMany } from "./softmax-over-many.rule.ts";
import { swappedBetas } from "./swapped-betas.rule.ts";
import { tableExceedsMemory } from "./table-exceeds-memory.rule.ts";
import { unscaledDuration } from "./unscaled-duration.rule.ts";
import { unscaledNumber } from "./unscaled-number.rule.ts";
import { unusualBatch } from "./unusual-batch.rule.ts";
import { unusualLearningRate } from "./unusual-learning-rate.rule.ts";
import { weightsDividedAgain } from "./weights-divided-again.rule.ts";

export const rules: readonly Rule[] = [
  outcomeAsFeature,
  positionAsFeature,
  fieldLeftUnbound,
  historyWithoutTarget,
  attentionIgnoresCandidate,
  weightsDividedAgain,
  linearAfterLinear,
  boundedLogit,
  logOfAnySign,
  unscaledNumber,
  unscaledDuration,
  constantFeature,
  embeddingWiderThanTable,
  tableExceedsMemory,
  memorizedUsers,
  longHistory,
  repeatedByList,
  repeatedInput,
  alwaysTheSame,
  predictionIgnoresUser,
  predictionsAlike,
  nothingLearned,
  unusualLearningRate,
  swappedBetas,
  unusualBatch,
  epochsWithoutRegularization,
  oneEpochToChooseFrom,
  shiftedProbabilities,
  noRankingMetric,
  noGauc,
  gaucByGroup,
  hidesTheLanguage,
  allRowsOfMany,
  softmaxOverMany,
];
