// Decides whether the task of a lesson is done: each lesson has a pure function of the text's analysis and of
// the progress of its training.

import type { ShownMeasures } from "../workers/measured.ts";
import type { ShownCost, ShownName, Views } from "../workers/messages.ts";

export interface Seen {
  readonly views: Views;
  /** The measures of a training of exactly this text; null before the first measurement. */
  readonly trained: ShownMeasures | null;
}

export interface LessonVerdict {
  readonly isDone: boolean;
  /** The message for the reader: what is missing, or what was achieved. */
  readonly says: string;
}

/** The facts about a spec without errors. */
interface Right {
  readonly names: readonly ShownName[];
  readonly graph: string;
  readonly cost: ShownCost;
  readonly trained: ShownMeasures | null;
}

const done = (says: string): LessonVerdict => ({ isDone: true, says });
const open = (says: string): LessonVerdict => ({ isDone: false, says });

/** Makes a check for specs without errors; for others, the editor shows the errors. */
function ofRight(check: (right: Right) => LessonVerdict): (seen: Seen) => LessonVerdict {
  return ({ views: { names, graph, cost }, trained }) =>
    graph === null || cost === null
      ? open("The spec has mistakes. The editor shows where.")
      : check({ names, graph, cost, trained });
}

function named({ names }: Right, kind: string, name: string): ShownName | undefined {
  return names.find((each) => each.kind === kind && each.name === name);
}

/** The scope of a feature; null if there is no such feature. */
function scopeOf(right: Right, feature: string): string | null {
  return named(right, "feature", feature)?.sources[0] ?? null;
}

const reads = ({ graph }: Right, input: string) => graph.includes(`input {name: ${input}}`);
const training = (what: string) => open(`The page trains it now. ${what}`);

/** The size of `person` in the lesson about serving, which the task may not reduce. */
const PERSON = 40_000;
/** The operations of that lesson's request before the change, and the share that may remain. */
const REQUEST = 19_500_000;
const SHARE = 1 / 5;

export const checks: Readonly<Record<string, (seen: Seen) => LessonVerdict>> = {
  model: ofRight(() => done("The spec is right, and trains. The curve on the tab Train is its AUC.")),

  features: ofRight((right) => {
    for (const [feature, scope] of [
      ["gender", "user"],
      ["hour", "context"],
    ] as const) {
      if (!reads(right, feature)) return open(`The prediction does not read \`${feature}\` any more.`);
      const found = scopeOf(right, feature);
      if (found !== scope) return open(`\`${feature}\` is a feature of ${found}, not yet of ${scope}.`);
    }
    return done("Both are looked up once for a request now, and no longer for each candidate.");
  }),

  histories: ofRight((right) => {
    if (!reads(right, "clicks.item_id")) return open("Keep the binding of `item_id`.");
    if (!reads(right, "clicks.cate_id"))
      return open("The network does not read the categories of the clicks yet.");
    return done("A clicked category and a candidate's category share one table now.");
  }),

  widths: ofRight((right) =>
    reads(right, "clicks.cate_id")
      ? done("The history has the width of its table now. Said once, it cannot be contradicted.")
      : open("Keep the binding of `cate_id`, without a width of its own."),
  ),

  vocabularies: ofRight((right) =>
    reads(right, "clicks.cate_id") && reads(right, "clicks.item_id")
      ? done("Nobody counts padding now. What the tab Train says of the rows is the next page.")
      : open("Keep both bindings, without vocabularies of their own."),
  ),

  values: ofRight((right) => {
    if (!reads(right, "item_id") || !reads(right, "cate_id"))
      return open("The prediction should still read `item_id` and `cate_id`.");
    return right.trained === null
      ? open("The tab Train names a row whose value does not fit.")
      : done("All three rows fit, and the model trains. These were all five mistakes.");
  }),

  attention: ofRight(({ trained }) => {
    if (trained === null) return training("The task is done when the AUC passes 0.78.");
    const auc = trained.value.toFixed(3);
    return trained.value >= 0.78
      ? done(`The AUC is ${auc}. Each click now counts by how much it matters to the candidate.`)
      : open(`The AUC is ${auc}. It should pass 0.78.`);
  }),

  dice: ofRight(({ cost }) => {
    const layers = cost.parameters.filter(({ name }) => /\.dice_\d+\.alpha$/.test(name)).length;
    return layers < 4
      ? open(`${layers} of four hidden layers use Dice.`)
      : done("All four layers bend where their data is.");
  }),

  padding: ofRight((right) => {
    if (!reads(right, "clicks.item_id")) return open("The prediction should still read the clicks.");
    if (!right.graph.includes("count_steps")) return open("`taste` is not the mean of the clicks yet.");
    return right.graph.includes("value: 50,")
      ? open("`mean` divides by the number of clicks itself. The 50 is one division too many.")
      : done("Each user's clicks are divided by how many there are.");
  }),

  future: ofRight((right) => {
    const scope = scopeOf(right, "seconds");
    if (scope !== null && scope !== "training")
      return open("`seconds` still stands among what is known when the model ranks.");
    if (!reads(right, "item_id") || !reads(right, "cate_id"))
      return open("Take away `seconds` alone: the item may stay.");
    if (right.trained === null) return training("Watch what the AUC becomes.");
    return done(
      `The AUC is ${right.trained.value.toFixed(3)} now. It is lower, and it is what users would see.`,
    );
  }),

  calibration: ofRight(({ trained }) => {
    if (trained === null)
      return training("The task is done when the predicted clicks are at most a fifth off.");
    const off = `The predicted clicks are ${Math.round(100 * trained.calibration)} % away from those that happened.`;
    return trained.calibration <= 0.2 ? done(`${off} These chances can be believed.`) : open(off);
  }),

  serving: ofRight((right) => {
    for (const input of ["gender", "hour", "clicks.item_id", "item_id", "cate_id"])
      if (!reads(right, input)) return open(`The prediction does not read \`${input}\` any more.`);
    const { cost } = right;
    if (cost.parameters.reduce((sum, { numbers }) => sum + numbers, 0) < PERSON)
      return open("The network is smaller now. It should stay as large, and read less.");
    const operations = `A request takes ${(cost.after / 1e6).toFixed(1)} million operations`;
    return cost.after > REQUEST * SHARE
      ? open(`${operations}. ${((REQUEST * SHARE) / 1e6).toFixed(1)} million are enough.`)
      : done(
          `${operations}, of ${(REQUEST / 1e6).toFixed(1)} million before. \`person\` is the same beside every candidate now.`,
        );
  }),
};
