// A word of the language in the form for editors: its notation, its arguments and its meaning.

import { oneLine } from "../../../common/source-file.ts";
import type { BlockItem, LayerStatement } from "../../../frontend/syntax/nodes.ts";
import { DISTRIBUTIONS } from "../../../frontend/values/distributions.ts";
import { INITS } from "../../../frontend/values/initial-values.ts";
import { FREEZE } from "../../../frontend/values/table-options.ts";
import type { FunctionParameter, LanguageFunction } from "../../../frontend/values/values.ts";
import { signatureOf } from "../../views/types.ts";

export interface LanguageEntry {
  readonly name: string;
  /** `dense(x: Vec[n], width: Int, activation: Activation = none) -> Vec[width]`, `id(min_count: 2)`. */
  readonly label: string;
  readonly parameters: readonly EntryParameter[];
  /** True for a value, which is not called. */
  readonly isValue?: true;
  /** Markdown. */
  readonly doc: string;
  /** A first example of its use, with values to replace. */
  readonly form: string;
}

export interface EntryParameter {
  readonly name: string;
  /** As in the label: `width: Int`. */
  readonly text: string;
  readonly takes: Takes;
  readonly isOptional: boolean;
  /** Takes all following arguments; later parameters are given by name. */
  readonly isRest: boolean;
  /** Whether it can only be given by name. */
  readonly isNamed: boolean;
  readonly doc: string;
}

/** The kind of value that a parameter takes. */
export type Takes =
  | { readonly kind: "vector" | "sequence" | "probability" | "any" }
  | { readonly kind: "int" | "number" | "list" }
  | { readonly kind: "string" }
  /** Any value known at compile time. */
  | { readonly kind: "constant" }
  /** A function that keeps the shape of its argument. */
  | { readonly kind: "activation" }
  | { readonly kind: "function" }
  | { readonly kind: "feature" | "ids" | "users" | "domain" | "metric" | "label" | "part" | "none" }
  /** A function of a prediction and its true value. */
  | { readonly kind: "loss" }
  /** A feature that may be the weight of a label's rows. */
  | { readonly kind: "rowWeight" }
  | { readonly kind: "kind" }
  | { readonly kind: "words"; readonly words: readonly LanguageEntry[] };

/** The parts between the parentheses of a label. */
export function partsOf(
  label: string,
): readonly { readonly text: string; readonly start: number; readonly end: number }[] {
  const open = label.indexOf("(");
  if (open < 0) return [];
  const parts: { text: string; start: number; end: number }[] = [];
  let depth = 0;
  let start = open + 1;
  const add = (end: number) => {
    const text = label.slice(start, end).trim();
    const from = start + label.slice(start, end).indexOf(text);
    if (text !== "") parts.push({ text, start: from, end: from + text.length });
    start = end + 1;
  };
  for (let i = open + 1; i < label.length; i++) {
    const sign = label.charAt(i);
    if (sign === "(" || sign === "[") depth++;
    else if (sign === ")" && depth === 0) {
      add(i);
      break;
    } else if (sign === ")" || sign === "]") depth--;
    else if (sign === "," && depth === 0) add(i);
  }
  return parts;
}

/** A word without arguments. */
export function wordEntry(name: string, doc: string, form = name): LanguageEntry {
  return { name, label: form, parameters: [], doc, form };
}

export function named(
  name: string,
  doc: string,
  takes: Takes,
  text = name,
  isOptional = true,
): EntryParameter {
  return { name, text, takes, isOptional, isRest: false, isNamed: true, doc };
}

/** Values of `init`. */
export const initEntries = Object.entries(INITS).map(([name, { form, doc }]) => ({
  ...wordEntry(name, doc, form),
  parameters: partsOf(form).map(({ text }) => ({
    ...named(text, doc, { kind: "number" }),
    isNamed: false,
    isOptional: false,
  })),
}));

/** Whether a parameter is a word alone, such as `freeze`. */
export function isWord({ name, takes }: EntryParameter): boolean {
  return takes.kind === "words" && takes.words.some((word) => word.name === name);
}

export const freezeEntry = wordEntry(FREEZE.word, FREEZE.doc);

const distributionEntries = Object.entries(DISTRIBUTIONS).map(([name, { doc }]) =>
  wordEntry(name, doc, name),
);

const functionEntries = new WeakMap<LanguageFunction, LanguageEntry>();

/** The documentation of a function begins with its signature. */
export function functionEntry(definition: LanguageFunction): LanguageEntry {
  const known = functionEntries.get(definition);
  if (known !== undefined) return known;
  const { name } = definition;
  const label = /^`([^`]+)`/.exec(definition.doc)?.[1] ?? name;
  const texts = partsOf(label).map(({ text }) => text);
  const parameters = definition.parameters.map((parameter, i): EntryParameter => {
    const text = texts.find((each) => nameIn(each) === parameter.name) ?? texts[i] ?? parameter.name;
    const afterRest = definition.parameters.slice(0, i).some(({ rest }) => rest);
    return {
      name: parameter.name,
      text,
      takes: takenBy(parameter, text),
      isOptional: parameter.default !== undefined,
      isRest: parameter.rest ?? false,
      isNamed: afterRest || parameter.isNamed === true,
      doc: "",
    };
  });
  const { isValue } = definition;
  const entry: LanguageEntry = {
    ...{ name, label, parameters, form: name },
    // Anew each time: a page loads explanations later.
    get doc() {
      const rest = definition.doc.slice(label.length + 2).replace(/^[.\s]+$/, "");
      return rest === "" ? "" : `\`${name}\`${rest}`;
    },
    ...(isValue === undefined ? {} : { isValue }),
  };
  functionEntries.set(definition, entry);
  return entry;
}

function nameIn(text: string): string {
  return /^\w*/.exec(text)![0];
}

function takenBy({ accepts }: FunctionParameter, text: string): Takes {
  switch (accepts) {
    case "vector":
    case "sequence":
    case "list":
    case "string":
    case "feature":
      return { kind: accepts };
    case "every":
      return { kind: "any" };
    case "elements":
    case "steps":
      return { kind: "sequence" };
    case "name":
      return { kind: "feature" };
    case "values":
      return { kind: "vector" };
    case "width":
      return { kind: "int" };
    case "function":
      return { kind: /: Activation\b/.test(text) ? "activation" : "function" };
    case "initial":
      return { kind: "words", words: initEntries };
    case "distribution":
      return { kind: "words", words: distributionEntries };
    case "freeze":
      return { kind: "words", words: [freezeEntry] };
    case "any":
      return { kind: "any" };
  }
}

const blockEntries = new WeakMap<BlockItem, LanguageEntry>();

export function blockEntry(block: BlockItem): LanguageEntry {
  const known = blockEntries.get(block);
  if (known !== undefined) return known;
  const name = block.name.name;
  const label = `${name}${signatureOf(block)}`;
  const texts = partsOf(label);
  const parameters = block.parameters.map(
    (parameter, i): EntryParameter => ({
      name: parameter.name.name,
      text: texts[i]?.text ?? parameter.name.name,
      takes: typeTaken(parameter.type?.name.name ?? ""),
      isOptional: parameter.default !== null,
      isRest: false,
      isNamed: false,
      doc: "",
    }),
  );
  const entry = { name, label, parameters, doc: block.doc, form: name };
  blockEntries.set(block, entry);
  return entry;
}

/** A layer is called like a block. */
export function layerEntry({ name: { name }, value }: LayerStatement): LanguageEntry {
  const names = value.kind === "lambda" ? value.parameters.map((each) => each.name) : ["x"];
  const parameters = names.map((each): EntryParameter => {
    const takes = { kind: "any" } as const;
    return { name: each, text: each, takes, isOptional: false, isRest: false, isNamed: false, doc: "" };
  });
  const doc = `A layer, whose calls share their weights: \`${oneLine(value.span)}\``;
  return { name, label: `${name}(${names.join(", ")})`, parameters, doc, form: name };
}

export function typeTaken(type: string): Takes {
  switch (type) {
    case "Vec":
    case "Classes":
      return { kind: "vector" };
    case "Seq":
      return { kind: "sequence" };
    case "Prob":
      return { kind: "probability" };
    case "Int":
      return { kind: "int" };
    case "Float":
      return { kind: "number" };
    case "List":
      return { kind: "list" };
    case "Activation":
      return { kind: "activation" };
    case "Feature":
      return { kind: "feature" };
    case "Block":
      return { kind: "function" };
    default:
      return { kind: "any" };
  }
}

/** Tells whether a function takes one vector and returns one of the same shape, as activations do. */
export function keepsShape({ label, parameters }: LanguageEntry): boolean {
  const needed = parameters.filter(({ isOptional }) => !isOptional);
  return (
    needed.length === 1 &&
    parameters[0]!.takes.kind === "vector" &&
    /\(x: Vec\[d\][^)]*\) -> Vec\[d\]$|\(x\) -> x$/.test(label)
  );
}
