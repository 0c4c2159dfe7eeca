// Ranges that a search chooses from, as in `tune` of a spec or dinc.yaml and in `--try`; and the names that
// they may have.

import { UsageError } from "../../common/usage-error.ts";

/** The name of the range of variants. */
export const VARIANT = "variant";

/**
 * The settings of `train` that dinc.yaml can override, except the seed: the best of several seeds is luck.
 */
export const trainNames = ["train.batch", "train.epochs", "train.learning_rate"] as const;

/** The kinds of ranges by their word: their form, and what they draw. */
export const rangeKinds = {
  log: { form: "log(1e-4..1e-2)", doc: "A number; every order of magnitude is as likely." },
  uniform: { form: "uniform(0..0.5)", doc: "A number; all are as likely." },
  int: { form: "int(1..4)", doc: "A whole number, both ends included." },
  choice: { form: "choice([64], [200, 80])", doc: "One of several values, each as it would be written." },
} as const;

export type ParamRange =
  /** One of several values, each as written. */
  | { readonly kind: "choice"; readonly values: readonly string[] }
  /** A number between two others, uniformly, or uniformly in its logarithm. */
  | { readonly kind: "uniform" | "log"; readonly low: number; readonly high: number }
  /** A whole number, both ends included. */
  | { readonly kind: "int"; readonly low: number; readonly high: number };

/**
 * Reads `log(1e-4..1e-2)`. Throws UsageError, whose message completes "NAME: …", if the text isn't a range.
 */
export function rangeOf(text: string): ParamRange {
  const [, kind, inside] = /^\s*([a-z]+)\s*\(([\s\S]*)\)\s*$/.exec(text) ?? [];
  if (kind === "choice") return choiceOf(inside!);
  if (kind === "log" || kind === "uniform" || kind === "int") return numbersOf(kind, inside!);
  throw new UsageError(
    `\`${text}\` isn't a range; write \`log(1e-4..1e-2)\`, \`uniform(0..0.5)\`, \`int(1..4)\` or \`choice([64], [200, 80])\``,
  );
}

function numbersOf(kind: "log" | "uniform" | "int", inside: string): ParamRange {
  const ends = inside.split("..");
  const [low, high] = ends.map((end) => (end.trim() === "" ? Number.NaN : Number(end)));
  const shown = `${kind}(${inside})`;
  if (ends.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high))
    throw new UsageError(`\`${shown}\` needs two numbers with \`..\` between them, like \`${kind}(1..4)\``);
  if (!(low! < high!)) throw new UsageError(`\`${shown}\`: the first number has to be below the second`);
  if (kind === "log" && low! <= 0)
    throw new UsageError(`\`${shown}\`: a logarithm needs numbers above 0; \`uniform\` takes all`);
  if (kind === "int" && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    throw new UsageError(`\`${shown}\` needs whole numbers; \`uniform\` takes all`);
  return { kind, low: low!, high: high! };
}

function choiceOf(inside: string): ParamRange {
  const values = partsOf(inside);
  if (values.some((value) => value === "")) throw new UsageError(`\`choice(${inside})\` has an empty value`);
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new UsageError(`\`choice(${inside})\` has \`${twice}\` twice`);
  if (values.length < 2)
    throw new UsageError(`\`choice(${inside})\` needs at least two values to choose from`);
  return { kind: "choice", values };
}

/** Splits at commas outside brackets and quotes. */
function partsOf(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && character === "[") depth += 1;
    if (!isQuoted && character === "]") depth -= 1;
    if (character === "," && depth === 0 && !isQuoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => {
    const value = part.trim().replace(/^"(.*)"$/s, "$1");
    // Equal lists have equal texts.
    return value.startsWith("[") ? value.replaceAll(/(?<!\s)\s*,\s*/g, ", ") : value;
  });
}

/** `log(0.0001..0.01)` */
export function rangeText(range: ParamRange): string {
  if (range.kind === "choice") return `choice(${range.values.join(", ")})`;
  return `${range.kind}(${range.low}..${range.high})`;
}
