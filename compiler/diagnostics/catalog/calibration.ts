// Catalogue: calibration of a run after its training. Codes DIN0860–DIN0869.

import { type OptionText, option, wording } from "../../common/option-text.ts";
import { defineError } from "./define.ts";

export const calibrationOfSeenRows = defineError<{
  path: string;
  run: string;
  split: string;
  /** Where the period ends that the run learned of its files; null if it learned all rows of them. */
  until: string | null;
}>({
  code: "DIN0860",
  name: "calibration-of-seen-rows",
  message: ({ path, run, split, until }) =>
    until === null
      ? `${path} has the ${split} rows of ${run}; a calibration must not be fitted on them`
      : `${path} is one of the files that ${run} was trained with; a calibration must not be fitted on rows that it has learned`,
  help: ({ split, until }) => {
    if (split !== "training")
      return wording`name validation rows with ${option("config", "dinc.yaml")}, or another file with ${option("data")}, so that the test rows can still measure the calibrated probabilities`;
    if (until !== null) return wording`${nextPeriod(until)}, of ${option("config", "dinc.yaml")}`;
    return wording`name validation rows, which the model has not learned, with ${option("config", "dinc.yaml")}, or another file with ${option("data")}`;
  },
  explanation:
    "A calibration is fitted on rows that the training did not learn from. The model has memorized its training rows, so its probabilities look better there than anywhere else. After a fit on test rows, they could no longer judge the calibration. This file has the same content as one that the run was trained or tested with.",
});

export const calibrationWithoutRows = defineError<{ path: string }>({
  code: "DIN0861",
  name: "calibration-without-validation-rows",
  message: ({ path }) => `${path} gives no validation rows, and a calibration can only be fitted on those`,
  help: () =>
    wording`name a file with labelled rows that the training did not read, such as those of the next day: ${option("data", "FILE")}; for the next training, set some aside with \`data.valid\` or \`data.validate\``,
  explanation:
    "`dinc calibrate` reads the validation rows of dinc.yaml: the file `data.valid`, or the rows that `data.validate` keeps aside. A run that was trained without them has learned all of its rows, so a calibration needs the rows of another file.",
});

export const calibrationOfOtherRows = defineError<{ path: string; run: string; kept: string; asked: string }>(
  {
    code: "DIN0862",
    name: "calibration-of-other-validation-rows",
    message: ({ path, run, kept, asked }) =>
      `the validation rows of ${path} (${asked}) differ from those of ${run} (${kept}): the model has learned some of them`,
    help: ({ kept }) =>
      kept === "none"
        ? wording`the training set no rows aside: name a file with labelled rows that it did not read, such as those of the next day: ${option("data", "FILE")}`
        : `give \`data.validate\` the values of the training: ${kept}`,
    explanation:
      "`data.validate` draws validation rows from the training rows. With other settings it draws other rows, and the run learned most of those. A calibration must be fitted on rows that the model has not learned.",
  },
);

export const calibrationOfOneClass = defineError<{ path: string; label: string; rows: number; is: string }>({
  code: "DIN0863",
  name: "calibration-of-one-class",
  message: ({ path, label, rows, is }) =>
    `\`${label}\` is ${is} in all ${rows} rows of ${path}, so they do not show how good its probability is`,
  help: () => "name more rows, or rows that were not selected by their label",
  explanation:
    "A calibration compares predicted probabilities with the frequency of label 1. If all rows have one class, there is no best curve: the closer its probabilities are to that class, the better it fits.",
});

export const calibrationOfTrainedPeriod = defineError<{
  path: string;
  run: string;
  time: string;
  until: string;
}>({
  code: "DIN0864",
  name: "calibration-of-trained-period",
  message: ({ path, run, time, until }) =>
    `${path} gives no validation rows, and ${run} has learned rows up to ${until} by \`${time}\``,
  help: ({ until }) => nextPeriod(until),
  explanation:
    "The run of a day has learned all of its rows, and continues from runs that learned those of earlier days. `dinc calibrate` fits on training rows of dinc.yaml only if `data.since` excludes all of these.",
});

function nextPeriod(until: string): OptionText {
  return wording`take the rows of the next period, which it has not learned: ${option("set", `data.since=${until}`)} and, with its end, ${option("set", "data.until=…")}`;
}
