// Describes the result of a search in words, and as text to copy, for the command line and the report.

import { VARIANT } from "../../compiler/frontend/modules/ranges.ts";
import type { StudyLine } from "./study.ts";
import type { TunedStudy } from "./study-plan.ts";
import { argumentsOf } from "./trial-options.ts";

export function valueText(value: number | null): string {
  return value === null ? "–" : value.toFixed(5);
}

/**
 * The last training of each trial, best first: by number of epochs, then by value. Trials without a result
 * come last.
 */
export function lastLines({ lines, better }: Pick<TunedStudy, "lines" | "better">): StudyLine[] {
  const last = new Map<number, StudyLine>();
  for (const line of lines) if (line.rung >= (last.get(line.trial)?.rung ?? 0)) last.set(line.trial, line);
  const sign = better === "higher" ? -1 : 1;
  return [...last.values()].sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null) || a.trial - b.trial;
    return b.rung - a.rung || sign * (a.value - b.value) || a.trial - b.trial;
  });
}

export interface ChosenText {
  /** Lines for the spec, such as `param rate = 0.002`; settings that are not params are comments. */
  readonly spec: string;
  /** The equivalent arguments of `dinc train`. */
  readonly arguments: readonly string[];
}

export function chosenText({ chosen, own }: Pick<TunedStudy, "chosen" | "own">): ChosenText {
  const settings = chosen.settings ?? own;
  const entries = Object.entries(settings);
  const params = entries.filter(([name]) => name !== VARIANT && !name.startsWith("train."));
  const longest = Math.max(0, ...params.map(([name]) => name.length));
  const lines = [
    ...params.map(([name, text]) => `param ${name.padEnd(longest)} = ${text}`),
    ...entries.flatMap(([name, text]) => {
      if (name === VARIANT) return [`// variant ${text}`];
      return name.startsWith("train.") ? [`// train { ${trainText(name, text)} }`] : [];
    }),
  ];
  return { spec: lines.join("\n"), arguments: chosen.settings === null ? [] : argumentsOf(settings, own) };
}

function trainText(name: string, text: string): string {
  const setting = name.slice("train.".length);
  return setting === "learning_rate" ? `optimizer …(learning_rate: ${text})` : `${setting} ${text}`;
}

/** Sentences about the result, and how far it can be trusted. */
export function foundNotes(study: TunedStudy): string[] {
  const { chosen, metric, best, rungs, better } = study;
  const last = lastLines(study);
  const own = last.find(({ trial }) => trial === 0);
  const epochs = ({ epochs: count }: StudyLine) => `after ${count} ${count === 1 ? "epoch" : "epochs"}`;
  const notes = [
    `Trial ${chosen.trial + 1} of ${last.length} is the best on the validation rows: ${metric} ${valueText(chosen.value)} ${epochs(chosen)}.`,
  ];
  if (chosen.trial !== 0 && own?.value != null)
    notes.push(`The spec's own settings (trial 1) have ${valueText(own.value)} ${epochs(own)}.`);
  if (chosen.trial === 0) notes.push("These are the spec's own settings: no other trial was better.");
  notes.push(...noiseNotes(study, last, own));
  const isBetter = (a: number, b: number) => (better === "higher" ? a > b : a < b);
  const [early] = study.lines
    .filter(({ rung, value }) => rung < chosen.rung && value !== null && isBetter(value, chosen.value!))
    .sort((a, b) => (isBetter(a.value!, b.value!) ? -1 : 1));
  if (early !== undefined)
    notes.push(
      `Trial ${early.trial + 1} had ${valueText(early.value)} ${epochs(early)} already: fewer epochs, or \`stop early(…)\`, may be better than ${rungs.at(-1)}.`,
    );
  const failed = last.filter(({ value }) => value === null);
  if (failed.length > 0)
    notes.push(
      `${failed.length} of the trials ${failed.length === 1 ? "has" : "have"} no result; trial ${failed[0]!.trial + 1}: ${failed[0]!.problem}.`,
    );
  const test = Object.values(best.test)[0];
  notes.push(
    test === undefined
      ? "There are no test rows: the figure above is that of the best of many trials, and partly luck."
      : `The best of many trials is partly luck on the rows that it was chosen by. Test rows were measured only after the choice, on the run of the chosen settings: ${Object.entries(
          test,
        )
          .map(([title, value]) => `${title} ${valueText(value)}`)
          .join(", ")}.`,
  );
  return notes;
}

/** Whether the best trial is more than the noise of seeds above the others. */
function noiseNotes(
  { noise, metric, chosen }: TunedStudy,
  last: readonly StudyLine[],
  own: StudyLine | undefined,
): string[] {
  if (noise === null) return [];
  const { folder, seeds, noise: least, isOfOtherRows } = noise;
  if (least === null)
    return [
      isOfOtherRows
        ? `The runs in ${folder} have other rows, so they don't tell the noise of seeds.`
        : `The runs in ${folder} don't measure ${metric}, so they don't tell the noise of seeds.`,
    ];
  const measured = `± ${valueText(least)} from ${seeds} seeds`;
  const others = last.filter(
    ({ trial, rung, value }) => trial !== chosen.trial && rung === chosen.rung && value !== null,
  );
  const near = others.filter(({ value }) => Math.abs(value! - chosen.value!) <= least).length;
  const gain = own?.value == null || chosen.trial === 0 ? null : Math.abs(chosen.value! - own.value);
  return [
    ...(gain === null
      ? []
      : [
          gain <= least
            ? `What the best trial gains over the spec's own settings is within the noise of seeds (${measured}).`
            : `What the best trial gains over the spec's own settings is more than the noise of seeds (${measured}).`,
        ]),
    others.length === 0
      ? `No other trial had as many epochs; the noise of seeds is ${measured}.`
      : `With as many epochs, ${near} of ${others.length} other ${others.length === 1 ? "trial" : "trials"} ${near === 1 ? "is" : "are"} within the noise of seeds of the best (${measured}).`,
  ];
}
