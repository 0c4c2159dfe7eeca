// Computes the inputs of a ranking program from raw values, for `--inputs raw`. Inputs that no ops of ONNX can compute stay
// encoded, under the names and with the values that they have without the option.

import { invariant } from "../../common/internal-error.ts";
import { cached } from "../../common/maps.ts";
import { hasIds } from "../../frontend/kinds/registry.ts";
import type { Feature, Fitted, History, Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { isOp } from "../../middle/graph/narrow.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { BoundInput } from "../typescript/read-inputs.ts";
import type { InputFacts } from "./input-facts.ts";
import type { GivenInput, OnnxEmitter, OnnxFeeding, OnnxRef } from "./lowering.ts";
import { END, expand, toIds } from "./nodes.ts";
import {
  type EncodedForm,
  missingValueOf,
  type RawForm,
  type RawType,
  rawDocOf,
  rawFormOf,
  rawTypeOf,
} from "./raw-forms.ts";
import { anyRefused, encodedValues, textIds } from "./raw-nodes.ts";

/** An input of the model that takes raw values. */
export interface RawInput {
  readonly name: string;
  readonly type: RawType;
  /** The numbers of a vector; 1 for any other value. */
  readonly width: number;
  /** The value that stands for a missing one; null if none may be missing. */
  readonly missing: string | number | null;
  readonly doc: string;
  /** The history of whose steps it has values; null if it has those of the user, the context or the candidates. */
  readonly history: History | null;
  readonly scope: Feature["scope"];
  /** The name of its values in records of a request. */
  readonly raw: string;
}

/** An input of the model that takes encoded values. */
export interface EncodedInput extends EncodedForm {
  readonly name: string;
  readonly feature: Feature;
  /** The history whose steps count its rows; null if its rows are others. */
  readonly history: History | null;
}

type Source =
  | { readonly kind: "raw"; readonly input: RawInput; readonly form: RawForm }
  | EncodedInput
  /** The feature is known in training only. */
  | { readonly kind: "constant"; readonly value: number; readonly isId: boolean };

const tensorTypes = { string: "text", int64: "i64", double: "f64", float: "f32" } as const;

export class RawFeeding implements OnnxFeeding {
  /** By input of the Graph. */
  private readonly sources: ReadonlyMap<string, Source>;
  private readonly types: ReadonlyMap<string, TensorType>;
  private readonly most: ReadonlyMap<string, number>;
  private readonly docOf: (name: string) => string;
  private readonly refused: OnnxRef[] = [];
  private isRefused: OnnxRef | null = null;

  /** `facts` are those of `graph`; `docOf` describes its inputs. */
  constructor(facts: InputFacts, graph: ValidGraph, fitted: Fitted, docOf: (name: string) => string) {
    this.sources = sourcesOf(facts, fitted);
    this.types = new Map(
      graph.nodes.flatMap((node) =>
        isOp(node, "input") ? [[node.attributes.name, node.attributes.type] as const] : [],
      ),
    );
    this.most = new Map([...facts.model.histories.values()].map(({ name, max }) => [name, max]));
    this.docOf = docOf;
  }

  /** The inputs that take raw values, each once. */
  get raw(): readonly RawInput[] {
    const all = [...this.sources.values()].flatMap((source) => (source.kind === "raw" ? [source.input] : []));
    return [...new Set(all)];
  }

  get encoded(): readonly EncodedInput[] {
    return [...this.sources.values()].flatMap((source) => (source.kind === "encoded" ? [source] : []));
  }

  isConstant(name: string): boolean {
    return this.sourceOf(name).kind === "constant";
  }

  steps(history: string, given: OnnxRef, emit: OnnxEmitter): OnnxRef {
    return emit.node("Min", [given, emit.ints([this.mostOf(history)])]);
  }

  value(
    name: string,
    emit: OnnxEmitter,
    give: (input: GivenInput) => OnnxRef,
    axesOf: (name: string) => GivenInput["axes"],
  ): OnnxRef {
    const source = this.sourceOf(name);
    const type = this.types.get(name)!;
    const latest = (history: History | null, given: OnnxRef) =>
      history === null
        ? given
        : emit.node("Slice", [given, emit.ints([-history.max]), emit.ints([END]), emit.ints([0])]);
    const rawValues = (of: string, { input }: Extract<Source, { readonly kind: "raw" }>) => {
      const axes = givenAxes(axesOf(of), input.history).slice(0, 1);
      return latest(
        input.history,
        give({
          ...{ name: input.name, type: tensorTypes[input.type], doc: input.doc },
          axes: input.type === "float" ? [...axes, input.width] : axes,
        }),
      );
    };
    switch (source.kind) {
      case "constant": {
        const single = emit.floats([source.value], [1]);
        return expand(emit, source.isId ? toIds(emit, single) : single, type);
      }
      case "encoded": {
        const axes = givenAxes(axesOf(name), source.history);
        const doc = [this.docOf(name), `Encoded, because it is ${source.because}.`]
          .filter(Boolean)
          .join("\n");
        return latest(source.history, give({ name, type: type.dtype, axes, doc }));
      }
      case "raw": {
        const { form } = source;
        if (form.kind === "text") {
          const alike = this.withVocabulary(form.owner);
          const texts = [...new Set(alike.map(([of, each]) => rawValues(of, each)))];
          const index = texts.indexOf(rawValues(name, source));
          return textIds(emit, form.owner, form.vocabulary, texts, index);
        }
        const { value, refused } = encodedValues(emit, form, rawValues(name, source), type);
        if (refused !== null) this.refused.push(refused);
        return value;
      }
    }
  }

  /** NaN if a number of the request is refused. */
  result(emit: OnnxEmitter, value: OnnxRef): OnnxRef {
    if (this.refused.length === 0) return value;
    this.isRefused ??= anyRefused(emit, this.refused);
    return emit.node("Where", [this.isRefused, emit.floats([Number.NaN], [1]), value]);
  }

  private withVocabulary(owner: string) {
    return [...this.sources].flatMap(([name, source]) =>
      source.kind === "raw" && source.form.kind === "text" && source.form.owner === owner
        ? [[name, source] as const]
        : [],
    );
  }

  private sourceOf(name: string): Source {
    const source = this.sources.get(name);
    invariant(source !== undefined, `the model does not bind the input ${name}`);
    return source;
  }

  private mostOf(history: string): number {
    const most = this.most.get(history);
    invariant(most !== undefined, `the model has no history ${history}`);
    return most;
  }
}

/** Callers may give more steps than count, so their number has another name. */
function givenAxes(axes: GivenInput["axes"], history: History | null): GivenInput["axes"] {
  const [rows, ...dims] = axes;
  return history === null ? axes : [`given/${rows}`, ...dims];
}

/** The sources of the Graph's inputs, which `facts` describe. */
function sourcesOf({ model, read, fed }: InputFacts, fitted: Fitted): Map<string, Source> {
  const sources = new Map<string, Source>();
  const isFed = new Set(fed.map(({ name }) => name));
  const add = (name: string, source: Source) => {
    if (isFed.has(name)) sources.set(name, source);
  };
  for (const { input, feature, value } of read.served)
    add(input.name, { kind: "constant", value, isId: hasIds(feature.kind) });
  const encoded = (name: string, feature: Feature, history: History | null, because: string) =>
    add(name, { kind: "encoded", name, feature, history, because });
  for (const { input, feature } of read.crosses)
    encoded(input.name, feature, null, "the hash of several ids");
  /** By the name of the input that takes the raw values. */
  const groups = new Map<string, { readonly bound: BoundInput; readonly form: RawForm }[]>();
  for (const bound of read.bound) {
    const { input, rowOf, weights, feature, history } = bound;
    if (!isFed.has(input.name)) continue;
    const form = formOf(bound, model, fitted);
    if (form.kind !== "encoded") cached(groups, givenName(bound), () => []).push({ bound, form });
    else {
      const isSet = rowOf !== null;
      encoded(input.name, feature, isSet ? null : history, form.because);
      for (const of of [rowOf, weights]) if (of !== null) encoded(of.name, feature, null, form.because);
    }
  }
  for (const [name, group] of groups) {
    const input = rawInput(
      name,
      group[0]!.bound,
      group.map(({ form }) => form),
    );
    for (const { bound, form } of group) add(bound.input.name, { kind: "raw", input, form });
  }
  return sources;
}

function rawInput(name: string, { feature, history, raw }: BoundInput, forms: readonly RawForm[]): RawInput {
  const form = forms[0]!;
  const missing = missingValueOf(forms);
  const said = [
    feature.doc,
    rawDocOf(form),
    missing === null
      ? ""
      : `${typeof missing === "string" ? JSON.stringify(missing) : missing} for a missing one.`,
    history === null ? "" : `The latest step last; the latest ${history.max} count.`,
  ];
  return {
    ...{ name, missing, history, raw, scope: feature.scope },
    type: rawTypeOf(form),
    width: form.kind === "vector" ? form.width : 1,
    doc: said.filter((text) => text !== "").join(" "),
  };
}

function givenName({ history, raw }: BoundInput): string {
  return history === null ? inputNames.feature(raw) : inputNames.field(history.name, raw);
}

/** A feature that is computed from another one takes raw values if that one takes the same. */
function formOf(
  { feature, history, name, raw }: BoundInput,
  model: Model,
  fitted: Fitted,
): RawForm | EncodedForm {
  const form = rawFormOf(feature, fitted);
  if (raw === name || form.kind === "encoded") return form;
  const source =
    history === null ? model.features.get(raw) : history.fields.find((field) => field.name === raw)?.feature;
  invariant(source !== undefined, `${name} is computed from ${raw}, which does not exist`);
  const before = rawFormOf(source, fitted);
  if (before.kind !== "encoded" && rawTypeOf(before) === rawTypeOf(form)) return form;
  return { kind: "encoded", because: `computed from ${raw}, which is given otherwise` };
}
