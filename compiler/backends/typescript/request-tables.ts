// Writes the tables by which a module reads requests and scores candidates, as expressions: the destination
// of each raw value, derived values, and the meaning of each label's numbers. Their types are declared in
// compiler/serve/inputs.ts and plan.ts.

import { invariant } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import { mayBeMissing } from "../../frontend/kinds/registry.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import { type Feature, type History, rawFields } from "../../frontend/model/model.ts";
import type { PlannedInput, PlannedOutput } from "../serving/plan.ts";
import type { Phase } from "../serving/slots.ts";
import { columnOf, countsNumbers, isCounted, lengthsColumn } from "./counting.ts";
import { crossCode } from "./crosses.ts";
import { type BoundInput, type CrossInput, inputKindOf, type ReadInputs } from "./read-inputs.ts";
import { encoderName, featureVariables } from "./readers.ts";
import { hasTop, isRankedOutput, type ScoredLabel, type ScoredOutput } from "./scored-labels.ts";
import { elementsText, kernelCall, product, stepsText } from "./statements.ts";
import { scopeNames, type ValueNames } from "./value-names.ts";
import type { Declaration, FunctionDeclaration } from "./writer.ts";

/** `inputsOf`: the table of inputs, with encoders completed by the weights file. */
export function inputsFunction(read: ReadInputs, names: ValueNames): FunctionDeclaration {
  const { bound, histories, crosses, served, features, times } = read;
  const single = bound.filter(({ history }) => history === null);
  const ofItems = ({ feature }: { readonly feature: Feature }) => feature.scope === "item";
  const inputs = (some: readonly BoundInput[]) => some.map((each) => inputText(each, read, names));
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
        named.has(history) ? [`const h${i} = ${historyText(history, read, names)};`] : [],
      ),
      "return {",
      list("parts", [
        ...histories.map((history, i) => (named.has(history) ? `h${i}` : historyText(history, read, names))),
        ...(["user", "context"] as const).flatMap((scope) => {
          const fields = inputs(single.filter(({ feature }) => feature.scope === scope));
          return fields.length === 0 ? [] : [`recordPart("${scope}", [${fields.join(", ")}])`];
        }),
      ]),
      list("candidates", inputs(single.filter(ofItems))),
      ...optional("ofRequest", [
        ...pastChecks(read, names),
        ...served.map(({ input, value }) => `${toSlot(input, names)}.fill(${value})`),
        ...crosses.filter((each) => !ofItems(each)).map((each) => crossText(each, names)),
      ]),
      ...optional(
        "ofCandidate",
        crosses.filter(ofItems).map((each) => crossText(each, names)),
      ),
      "};",
    ],
  };
}

function list(name: string, entries: readonly string[]): string {
  return `${name}: [${entries.join(", ")}],`;
}

/** Empty if there are no entries. */
function optional(name: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [list(name, entries)];
}

export function slotText({ slot }: Pick<PlannedInput, "slot">, names: ValueNames): string {
  return names.location({ kind: "slot", slot });
}

/** A function from the input's values object to its buffer. */
function toSlot(input: PlannedInput, names: ValueNames): string {
  return `(${scopeNames[input.slot.phase]}) => ${slotText(input, names)}`;
}

/** The entry of an input. */
function inputText(each: BoundInput, { features, isRanker }: ReadInputs, names: ValueNames): string {
  const { name, raw, feature, input, rowOf, weights } = each;
  const kind = inputKindOf(each);
  const space = encoderName(features, features.indexOf(feature));
  const given = [raw === name ? quoted(name) : "name", space, toSlot(input, names)];
  if (rowOf !== null) {
    const { rows } = input;
    invariant(rows.kind === "elements", "a set is read into rows of another kind");
    const setElements = `(${scopeNames[input.slot.phase]}, count) => (${elementsText(rows, names)} = count)`;
    given.push(toSlot(rowOf, names), setElements);
    if (weights !== null) given.push(toSlot(weights, names));
  }
  if (isRanker) given.push(counterText(each, rowOf === null ? space : `${space}.space`));
  const made = `${kind}Input(${given.join(", ")})`;
  return raw === name ? made : `computedInput(${quoted(name)}, ${quoted(raw)}, (name) => ${made})`;
}

/** The counter of an input's values, as text. It knows their column in the training rows. */
function counterText(each: BoundInput, space: string): string {
  const column = quoted(columnOf(each));
  if (countsNumbers(each.feature)) return `countNumbers(${column})`;
  if (inputKindOf(each) === "vector") return "countPresence";
  const mayLack = each.rowOf === null && mayBeMissing(each.feature);
  const counter = `countIds(${space}, ${column})`;
  return mayLack ? `countMissing(${counter})` : counter;
}

/** A history, as an expression. */
function historyText(history: History, read: ReadInputs, names: ValueNames): string {
  const { bound, fillings, isRanker } = read;
  const filling = fillings.get(history.name);
  const padding = filling === undefined ? null : fillingText(history, filling);
  const setSteps = `(q, steps) => (${stepsText(history.name, names)} = steps)`;
  const fields = bound.filter((each) => each.history === history);
  const inputs = `[${fields.map((each) => inputText(each, read, names)).join(", ")}]`;
  const wrapped = [
    ...(isRanker ? [["historyPart", quoted(lengthsColumn(history))]] : []),
    ...(padding === null ? [] : [[isRanker ? "paddedHistory" : "paddedSteps", padding]]),
  ];
  return wrapped.reduce(
    (text, [name, argument]) => `${name}(${text}, ${argument})`,
    `stepsPart(${quoted(history.name)}, ${history.max}, ${setSteps}, ${inputs})`,
  );
}

/** A `HistoryFilling`, as an expression. */
function fillingText(history: History, values: readonly string[]): string {
  const names = rawFields(history)
    .map(({ name }) => quoted(name))
    .join(", ");
  return `{ fields: [${names}], values: new Set([${values.map(quoted).join(", ")}]) }`;
}

/** Checks that no step is after the request. */
function pastChecks({ histories, times }: ReadInputs, names: ValueNames): string[] {
  if (times === null) return [];
  const now = `${slotText(times.now.input, names)}, ${quoted(`context.${times.now.name}`)}`;
  return times.steps.map(({ history, input, name }) => {
    const i = histories.findIndex(({ name }) => name === history?.name);
    const steps = stepsText(histories[i]!.name, names);
    const where = `${quoted(`history.${histories[i]!.name}`)}, ${quoted(name)}`;
    return `(q) => requirePast(${slotText(input, names)}, h${i}.from, ${steps}, ${where}, ${now})`;
  });
}

/** The entry of a cross, after those of its parts. */
function crossText(cross: CrossInput, names: ValueNames): string {
  const { input, parts } = cross;
  const isItem = input.slot.phase === "candidate";
  const phases = new Set<Phase>(parts.map(({ slot }) => slot.phase));
  // The name of an unused parameter begins with `_`, so that strict compilers accept it
  const q = isItem && !phases.has("request") ? "_q" : "q";
  const code = crossCode(
    cross,
    parts.map(
      (part) => `${slotText(part, names)}[${part.slot.phase === "candidate" ? "i" : "0"}]${typed("!")}`,
    ),
  );
  return isItem
    ? `(${q}, c, i) => (${slotText(input, names)}[i] = ${code})`
    : `(q) => (${slotText(input, names)}[0] = ${code})`;
}

/** `OUTPUTS`, and other declarations that depend on labels and outputs: the meaning of their numbers. */
export function outputDeclarations(
  labels: readonly ScoredLabel[],
  named: readonly ScoredOutput[],
  names: ValueNames,
): Declaration[] {
  const { outputs } = names.plan;
  const isOne = labels.length + named.length === 1;
  const listIn = (scores: string, label: string) => (isOne ? scores : `${scores}[${quoted(label)}]`);
  const entries = labels.map((each) => {
    const top = isOne ? null : topText(each);
    const properties = [
      `label: ${quoted(each.label)}`,
      `width: ${each.channels.length}`,
      `isCounted: ${isCounted(each.type)}`,
      `listIn: (scores) => ${listIn("scores", each.label)}`,
      ...(top === null ? [] : [`top: ${top}`]),
    ];
    return `{ ${properties.join(", ")} }`;
  });
  const entriesOfOutputs = named.map((each) => {
    const properties = [
      `label: ${quoted(each.name)}`,
      `width: ${each.width}`,
      "isCounted: false",
      `listIn: (scores) => ${listIn("scores", each.name)}`,
      ...(each.per === "request" ? ["isOfRequest: true"] : []),
      ...(isRankedOutput(each) ? ["top: topNumbers"] : []),
    ];
    return `{ ${properties.join(", ")} }`;
  });
  const copiesOfOutputs = named.map(({ name, width, per, planned }) => {
    const [to, values] = [listIn("logits", name), `c.${names.outputProperty(outputs.indexOf(planned))}`];
    return per === "request"
      ? kernelCall("copyRequestOutput", [to, values, width])
      : kernelCall("copyOutput", [to, "from", values, "n", isByCandidate(planned), width]);
  });
  const copies = labels.flatMap(({ label, channels }) =>
    channels.map((channel, i) => {
      const values = `c.${names.outputProperty(outputs.indexOf(channel))}`;
      const given = [listIn("logits", label), "from", values, "n", isByCandidate(channel)];
      return kernelCall("copyScores", [...given, ...(channels.length > 1 ? [channels.length, i] : [])]);
    }),
  );
  const logits = { name: "logits", type: "Scores" };
  const roomFor = (name: string, numbers: string) => {
    const list = `new Float32Array(${numbers})`;
    return isOne ? list : `[${quoted(name)}]: ${list}`;
  };
  const room = [
    ...labels.map(({ label, channels }) => roomFor(label, product("count", channels.length))),
    ...named.map(({ name, width, per }) =>
      roomFor(name, per === "request" ? String(width) : product("count", width)),
    ),
  ];
  const top = isOne ? topText(labels[0]!) : hasTop(labels, named) ? "bestBy" : null;
  return [
    {
      kind: "constant",
      name: "OUTPUTS",
      doc: "What is predicted, from which numbers of the network.",
      type: "readonly Output[]",
      value: `[${[...entries, ...entriesOfOutputs].join(", ")}]`,
    },
    {
      ...{ kind: "constant", name: "newScores" },
      value: `(count${typed(": number")})${typed(": Scores")} => ${isOne ? room.join("") : `({ ${room.join(", ")} })`}`,
    },
    {
      ...{ kind: "function", name: "putLogits", returns: "void", code: [...copies, ...copiesOfOutputs] },
      parameters: [
        logits,
        { name: "from", type: "number" },
        { name: "c", type: "CandidateValues" },
        { name: "n", type: "number" },
      ],
    },
    {
      ...{ kind: "function", name: "predict", returns: "void" },
      parameters: [logits, { name: "count", type: "number" }],
      code: labels.flatMap((each) => predictStatement(each, listIn("logits", each.label))),
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

function isByCandidate({ rows }: PlannedOutput): boolean {
  return rows.kind === "each" && rows.per === "candidate";
}

/** Turns the logits in `list` into predictions; empty if they are the same. */
function predictStatement({ type, channels }: ScoredLabel, list: string): string[] {
  if (channels.length > 1) return [kernelCall("softmaxRows", [list, channels.length, "count"])];
  const { kernel } = labelKindOf({ type });
  return kernel === null ? [] : [kernelCall(kernel, [list, list, "count"])];
}

/** Selects the best candidates by a label, from its logits; null if its classes have no order. */
function topText({ type }: ScoredLabel): string | null {
  if (type.kind === "enum") return null;
  if (type.kind === "number") return "topNumbers";
  if (type.kind !== "int") return "topOf";
  return `(x, k) => topNumbers(expectedOf(x, ${type.low}, ${type.classes.length}), k)`;
}
