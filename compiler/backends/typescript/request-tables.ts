// Writes the tables by which a module reads requests and scores candidates, as expressions: the destination
// of each raw value, derived values, and the meaning of each label's numbers. Their types are declared in
// compiler/serve/inputs.ts and plan.ts.

import { invariant } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import type { Fillings } from "../../frontend/config/padding.ts";
import { mayBeMissing, rawKindOf } from "../../frontend/kinds/registry.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Feature, History } from "../../frontend/model/model.ts";
import type { Plan, PlannedInput } from "../serving/plan.ts";
import type { Phase } from "../serving/slots.ts";
import { columnOf, countsNumbers, isCounted, lengthsColumn } from "./counting.ts";
import { crossCode } from "./crosses.ts";
import { featureVariables } from "./readers.ts";
import { type BoundInput, type CrossInput, fillingText, type ServedInput, type StepTimes } from "./schema.ts";
import { isRanked, type ScoredLabel } from "./scored-labels.ts";
import { elementsText, locationText, product, scopeNames } from "./statements.ts";
import type { Declaration, FunctionDeclaration } from "./writer.ts";

/** The values that a module reads from requests. */
export interface ReadInputs {
  readonly plan: Plan;
  readonly bound: readonly BoundInput[];
  readonly histories: readonly History[];
  readonly fillings: Fillings;
  readonly crosses: readonly CrossInput[];
  readonly served: readonly ServedInput[];
  readonly features: readonly Feature[];
  readonly times: StepTimes | null;
}

/** `inputsOf`: the table of inputs, with encoders completed by the weights file. */
export function inputsFunction(read: ReadInputs): FunctionDeclaration {
  const { bound, histories, crosses, served, features, times } = read;
  const single = bound.filter(({ history }) => history === null);
  const ofItems = ({ feature }: { readonly feature: Feature }) => feature.scope === "item";
  const inputs = (some: readonly BoundInput[]) => some.map((each) => `${inputText(each, read)},`);
  const named = new Set((times?.steps ?? []).map(({ history }) => history));
  return {
    kind: "function",
    name: "inputsOf",
    doc: "Which raw values are read, how they become ids and numbers, and where the network finds them.",
    parameters: [{ name: "file", type: "WeightsFile" }],
    returns: "Inputs",
    code: [
      ...featureVariables(features),
      ...histories.flatMap((history, i) =>
        named.has(history) ? historyText(history, read, `const h${i} = `, ";") : [],
      ),
      "return {",
      ...list("parts", [
        ...histories.flatMap((history, i) =>
          named.has(history) ? [`h${i},`] : historyText(history, read, "", ","),
        ),
        ...(["user", "context"] as const).flatMap((scope) => {
          const fields = inputs(single.filter(({ feature }) => feature.scope === scope));
          return fields.length === 0 ? [] : [`recordPart("${scope}", [`, ...fields, "]),"];
        }),
      ]),
      ...list("candidates", inputs(single.filter(ofItems))),
      ...optional("ofRequest", [
        ...pastChecks(read),
        ...served.map(({ input, value }) => `${toSlot(input)}.fill(${value}),`),
        ...crosses.filter((each) => !ofItems(each)).map(crossText),
      ]),
      ...optional("ofCandidate", crosses.filter(ofItems).map(crossText)),
      "};",
    ],
  };
}

function list(name: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [`${name}: [],`] : [`${name}: [`, ...entries, "],"];
}

/** Empty if there are no entries. */
function optional(name: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : list(name, entries);
}

function slotText({ slot }: PlannedInput): string {
  return locationText({ kind: "slot", slot });
}

/** A function from the input's values object to its buffer. */
function toSlot(input: PlannedInput): string {
  return `(${scopeNames[input.slot.phase]}) => ${slotText(input)}`;
}

/** The entry of an input. */
function inputText(each: BoundInput, { plan, features }: ReadInputs): string {
  const { name, feature, history, input, rowOf } = each;
  // The user and the context are single records.
  const isField = history === null && feature.scope !== "item";
  const made = isField ? "Field" : "Input";
  const given = [quoted(name), `f${features.indexOf(feature)}`, toSlot(input)];
  const column = columnOf(each) === name ? [] : [quoted(columnOf(each))];
  if (rowOf !== null) {
    const { rows } = input;
    invariant(rows.kind === "elements", "a set is read into rows of another kind");
    const setElements = `(${scopeNames[input.slot.phase]}, count) => (${elementsText(rows, plan)} = count)`;
    const rowsOf = isField ? [] : [toSlot(rowOf)];
    return `set${made}(${[...given, ...rowsOf, setElements, ...column].join(", ")})`;
  }
  switch (rawKindOf(feature).gives) {
    case "ids":
      return `id${made}(${[...given, ...idCountedBy(each, column)].join(", ")})`;
    case "number": {
      const counter = column.length === 0 ? [] : [`numberCounter(${[quoted(name), ...column].join(", ")})`];
      return `number${made}(${[...given, ...counter].join(", ")})`;
    }
    case "vector":
      return `vector${made}(${given.join(", ")})`;
  }
}

/** Further arguments for ids: their column, whether they may be missing, and their counter. */
function idCountedBy(each: BoundInput, column: readonly string[]): string[] {
  const named = column[0] ?? quoted(each.name);
  // Numbers in buckets are counted as given.
  if (countsNumbers(each.feature))
    return [named, "false", `numberCounter(${[quoted(each.name), ...column].join(", ")})`];
  return mayBeMissing(each.feature) ? [named, "true"] : [...column];
}

/** A history, between the texts `before` and `after`. */
function historyText(
  history: History,
  { plan, bound, fillings, ...read }: ReadInputs,
  before: string,
  after: string,
): string[] {
  const steps = `q.steps${plan.histories.indexOf(history.name)}`;
  const head = [quoted(history.name), quoted(lengthsColumn(history)), history.max].join(", ");
  const filling = fillings.get(history.name);
  const [open, close] =
    filling === undefined ? ["", ""] : ["paddedHistory(", `, ${fillingText(history, filling)})`];
  return [
    `${before}${open}historyPart(${head}, (q, steps) => (${steps} = steps), [`,
    ...bound
      .filter((each) => each.history === history)
      .map((each) => `${inputText(each, { plan, bound, fillings, ...read })},`),
    `])${close}${after}`,
  ];
}

/** Checks that no step is after the request. */
function pastChecks({ plan, histories, times }: ReadInputs): string[] {
  if (times === null) return [];
  const now = `${slotText(times.now.input)}, ${quoted(`context.${times.now.name}`)}`;
  return times.steps.map(({ history, input, name }) => {
    const i = histories.findIndex(({ name }) => name === history?.name);
    const steps = `q.steps${plan.histories.indexOf(histories[i]!.name)}`;
    const where = `${quoted(`history.${histories[i]!.name}`)}, ${quoted(name)}`;
    return `(q) => requirePast(${slotText(input)}, h${i}.from, ${steps}, ${where}, ${now}),`;
  });
}

/** The entry of a cross, after those of its parts. */
function crossText(cross: CrossInput): string {
  const { input, parts } = cross;
  const isItem = input.slot.phase === "candidate";
  const phases = new Set<Phase>(parts.map(({ slot }) => slot.phase));
  // The name of an unused parameter begins with `_`, so that strict compilers accept it
  const q = isItem && !phases.has("request") ? "_q" : "q";
  const code = crossCode(
    cross,
    parts.map((part) => `${slotText(part)}[${part.slot.phase === "candidate" ? "i" : "0"}]${typed("!")}`),
  );
  return isItem
    ? `(${q}, c, i) => (${slotText(input)}[i] = ${code}),`
    : `(q) => (${slotText(input)}[0] = ${code}),`;
}

/** `OUTPUTS`, and other declarations that depend on the labels: the meaning of their numbers. */
export function outputDeclarations(labels: readonly ScoredLabel[], { outputs }: Plan): Declaration[] {
  const isOne = labels.length === 1;
  const entries = labels.map((each) => {
    const width = each.channels.length;
    const channels = each.channels.map((channel, i) => {
      const { rows } = channel;
      const isByCandidate = rows.kind === "each" && rows.per === "candidate";
      const given = ["list", "from", `c.out${outputs.indexOf(channel)}`, "n", isByCandidate, width, i];
      return `(list, from, c, n) => copyScores(${given.join(", ")})`;
    });
    const [predict, top] = [predictText(each), isOne ? null : topText(each)];
    return [
      `{ label: ${quoted(each.label)}, width: ${width}, isCounted: ${isCounted(each.type)},`,
      `listIn: (scores) => scores${isOne ? "" : `[${quoted(each.label)}]`},`,
      `channels: [${channels.join(", ")}],`,
      ...(predict === null ? [] : [`predict: (x, count) => ${predict},`]),
      ...(top === null ? [] : [`top: ${top},`]),
      "},",
    ];
  });
  const room = labels.map(({ label, channels }) => {
    const list = `new Float32Array(${product("count", channels.length)})`;
    return isOne ? list : `[${quoted(label)}]: ${list}`;
  });
  const top = isOne ? topText(labels[0]!) : labels.some(isRanked) ? "bestBy" : null;
  return [
    {
      kind: "constant",
      name: "OUTPUTS",
      doc: "What is predicted, from which numbers of the network.",
      type: "readonly Output[]",
      value: ["[", ...entries.flat(), "]"].join("\n"),
    },
    {
      ...{ kind: "constant", name: "newScores" },
      value: `(count${typed(": number")})${typed(": Scores")} => ${isOne ? room.join("") : `({ ${room.join(", ")} })`}`,
    },
    ...(top === null
      ? []
      : [
          {
            ...({ kind: "constant", name: "best" } as const),
            value: top,
          },
        ]),
  ];
}

function predictText({ type, channels }: ScoredLabel): string | null {
  if (channels.length > 1) return `softmaxRows(x, ${channels.length}, count)`;
  const { kernel } = labelKindOf({ type });
  return kernel === null ? null : `${kernel}(x, x, count)`;
}

/** Selects the best candidates by a label, from its logits; null if its classes have no order. */
function topText({ type }: ScoredLabel): string | null {
  if (type.kind === "enum") return null;
  if (type.kind === "number") return "topNumbers";
  if (type.kind !== "int") return "topOf";
  return `(x, k) => topNumbers(expectedOf(x, ${type.low}, ${type.classes.length}), k)`;
}
