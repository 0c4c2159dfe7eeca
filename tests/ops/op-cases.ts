// What the generated tests run: for every op and every kind of rows, all its samples in one Graph, the layouts to run
// it over, and random values to feed it.

import { InternalError } from "../../compiler/common/internal-error.ts";
import { Random } from "../../compiler/common/random.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import type { Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { OpAttributes, OpName } from "../../compiler/middle/graph/attributes.ts";
import {
  definitionIn,
  type OpDefinition,
  type OpSample,
  type RowLayout,
  type SampleSpaces,
} from "../../compiler/middle/graph/define-op.ts";
import type { NodeId, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout, requestLayout } from "../../compiler/middle/graph/layout.ts";
import { type RowOwner, sizeOf, type TensorType } from "../../compiler/middle/graph/types.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { namedInput } from "../support/named-input.ts";

export const HISTORY = "clicks";
const TABLE_ROWS = 7;
const SEEDS = [1, 2, 3];
const MOST_ELEMENTS = 3;
/** Of sets, in the order of their rows. */
const SIZES = [2, 0, MOST_ELEMENTS, 1];

export interface Layout {
  readonly name: string;
  readonly rows: RowLayout;
  readonly candidates: number;
  readonly steps: number;
}

export type Attributes = OpAttributes[OpName];

/** One sample of an op inside a case's Graph. */
export interface Sample {
  readonly sample: OpSample<Attributes>;
  readonly inputs: readonly NodeId[];
  readonly output: NodeId;
}

export interface OpCase {
  readonly op: OpName;
  readonly per: RowOwner;
  readonly definition: OpDefinition<Attributes>;
  /** Outputs `s0`, `s1`, … in the order of the samples. */
  readonly graph: ValidGraph;
  readonly samples: readonly Sample[];
}

export function definitionOf(op: OpName): OpDefinition<Attributes> {
  return definitionIn(ops, op);
}

/** Every op over every kind of rows that it has samples for. */
export function opCases(): OpCase[] {
  return (Object.keys(ops) as OpName[]).flatMap((op) =>
    (["example", "request", "candidate"] as const).flatMap((per) => caseOf(op, per) ?? []),
  );
}

/**
 * Each sample by itself with its dims so many times as large, where its attributes allow that: kernels have
 * other ways for what does not fit into a few vectors.
 */
export function wideCases(factor: number): OpCase[] {
  return (Object.keys(ops) as OpName[]).flatMap((op) =>
    (["example", "request", "candidate"] as const).flatMap((per) =>
      definitionOf(op)
        .samples(sampleRows(per, "table"))
        .flatMap((_, i) => wideCase(op, per, i, factor) ?? []),
    ),
  );
}

function wideCase(op: OpName, per: RowOwner, sample: number, factor: number): OpCase | null {
  try {
    return caseOf(op, per, { sample, factor });
  } catch (error) {
    // The attributes of some say sizes, which are those of the sample.
    if (error instanceof InternalError) return null;
    throw error;
  }
}

function caseOf(
  op: OpName,
  per: RowOwner,
  wide?: { readonly sample: number; readonly factor: number },
): OpCase | null {
  const definition = definitionOf(op);
  const count = definition.samples(sampleRows(per, "table")).length;
  if (count === 0) return null;
  const builder = new GraphBuilder();
  const places = wide === undefined ? Array.from({ length: count }, (_, i) => i) : [wide.sample];
  const samples = places.map((place, i): Sample => {
    // A table has one width, so every sample gets one of its own.
    const given = definition.samples(sampleRows(per, `table_${i}`))[place]!;
    const sample = { ...given, inputs: given.inputs.map((type) => widened(type, wide?.factor ?? 1)) };
    const inputs = sample.inputs.map((type, k) => source(builder, inputName(op, i, k, sample), type));
    if (op === "parameter") declareSample(builder, sample.attributes as OpAttributes["parameter"]);
    const output = builder.add(op, inputs, sample.attributes);
    builder.output(`s${i}`, output);
    addTable(builder, sample, output, `s${i}.table`);
    return { sample, inputs, output };
  });
  return { op, per, definition, graph: validate(builder.finish()), samples };
}

function widened(type: TensorType, factor: number): TensorType {
  return { ...type, dims: type.dims.map((dim) => (dim > 1 ? dim * factor : dim)) };
}

/** The rows of a set's values go by their own name, as in a training step. */
function inputName(
  op: OpName,
  sample: number,
  place: number,
  { inputs, ascending }: OpSample<Attributes>,
): string {
  const { rows } = inputs[place]!;
  if (rows.kind === "elements" && ascending?.includes(place) === true) return inputNames.rowOf(rows.set);
  return `${op}.s${sample}.x${place}`;
}

function declareSample(builder: GraphBuilder, { name, dims }: OpAttributes["parameter"]): void {
  builder.declare({ name, dims, init: { kind: "zeros" }, role: "weight" });
}

/** Generated code knows how many rows a table has by the table itself, so a Graph that counts them reads it. */
function addTable(
  builder: GraphBuilder,
  { attributes, inputs }: OpSample<Attributes>,
  output: NodeId,
  name: string,
): void {
  const { rows, dims } = builder.typeOf(output);
  const counted = "rows" in attributes ? attributes.rows : rows;
  if (counted.kind === "table" && inputs.every((type) => type.rows.kind !== "table"))
    builder.output(name, builder.add("table", [], { name: counted.table, width: sizeOf(dims) }));
}

function sampleRows(per: RowOwner, table: string): SampleSpaces {
  return {
    each: { kind: "each", per },
    steps: { kind: "steps", per, history: HISTORY },
    table: { kind: "table", table },
    elements: [
      { kind: "elements", of: { kind: "each", per }, set: "tags", max: MOST_ELEMENTS },
      {
        kind: "elements",
        of: { kind: "steps", per, history: HISTORY },
        set: "clicks.tags",
        max: MOST_ELEMENTS,
      },
    ],
  };
}

/** The rows of the values of sets: empty, full and others. */
function elementRows(rows: number): number[] {
  return Array.from({ length: rows }, (_, row) =>
    new Array<number>(SIZES[row % SIZES.length]!).fill(row),
  ).flat();
}

/** A node that a random value can be fed for. */
function source(builder: GraphBuilder, name: string, type: TensorType): NodeId {
  if (type.rows.kind === "table")
    return builder.add("table", [], { name: type.rows.table, width: sizeOf(type.dims) });
  if (type.rows.kind === "once" && type.dtype === "f32")
    return builder.parameter({ name, dims: type.dims, init: { kind: "zeros" }, role: "weight" });
  const { rows } = type;
  return rows.kind === "elements" && name === inputNames.rowOf(rows.set)
    ? builder.add("input", [], { name, type, role: { kind: "owner", of: rows.set } })
    : builder.add("input", [], namedInput({ name, type }));
}

/** Ragged histories, empty ones among them; no step at all; and requests of every small size. */
export function layoutsOf({ per, graph }: OpCase): Layout[] {
  const tables: Record<string, number> = {};
  for (const { rows } of graph.nodes.map(({ type }) => type))
    if (rows.kind === "table") tables[rows.table] = TABLE_ROWS;
  if (per === "example")
    return [
      [3, 0, 1, 5, 0],
      [0, 2],
      [0, 0, 0],
    ].map((lengths) => ({
      name: `histories of ${lengths.join(", ")} steps`,
      rows: exampleLayout({
        examples: lengths.length,
        lengths: { [HISTORY]: lengths },
        tables,
        elements: elementsFor(
          lengths.length,
          lengths.reduce((sum, length) => sum + length, 0),
        ),
      }),
      candidates: 0,
      steps: 0,
    }));
  return [
    { candidates: 3, steps: 4 },
    { candidates: 1, steps: 3 },
    { candidates: 2, steps: 1 },
    { candidates: 3, steps: 0 },
  ].map(({ candidates, steps }) => ({
    name: `${candidates} candidates, ${steps} steps`,
    rows: requestLayout({
      candidates,
      steps: { [HISTORY]: steps },
      tables,
      elements: per === "request" ? elementsFor(1, steps) : elementsFor(candidates, candidates * steps),
    }),
    candidates,
    steps,
  }));
}

function elementsFor(each: number, steps: number): Record<string, number> {
  return { tags: elementRows(each).length, "clicks.tags": elementRows(steps).length };
}

export interface Run {
  /** Says which layout and seed it was, for a failure's message. */
  readonly name: string;
  readonly layout: Layout;
  readonly feeds: Feeds;
}

/** With the first `seeds` of the seeds: fewer where a run takes long. */
export function runsOf(opCase: OpCase, seeds = SEEDS.length): Run[] {
  return layoutsOf(opCase).flatMap((layout) =>
    SEEDS.slice(0, seeds).map((seed) => ({
      name: `${layout.name}, seed ${seed}`,
      layout,
      feeds: randomFeeds(opCase, layout.rows, seed),
    })),
  );
}

/** Of each row some of its steps in their order, at the end of the list. */
function placesOf(
  segments: Int32Array,
  { rows, dims }: TensorType,
  layout: RowLayout,
  random: Random,
): Float64Array {
  const length = dims[0]!;
  const places = new Float64Array(layout.count(rows) * length);
  for (let row = 0; row < layout.count(rows); row++) {
    const all = Array.from(
      segments.filter((each) => each === row),
      (_, step) => step + 1,
    );
    const some = all.filter(() => random.next() < 0.7).slice(-length);
    places.set(some, (row + 1) * length - some.length);
  }
  return places;
}

/** Random values, exact in f32, of every source of the case's Graph, in the range that its sample asks for. */
function randomFeeds({ op, per, graph, samples }: OpCase, layout: RowLayout, seed: number): Feeds {
  const random = Random.of(seed, `${op} ${per}`);
  const values: Record<"input" | "parameter" | "table", Record<string, Float64Array>> = {
    input: {},
    parameter: {},
    table: {},
  };
  for (const node of graph.nodes) {
    if (node.op !== "input" && node.op !== "parameter" && node.op !== "table") continue;
    const { name } = node.attributes as { readonly name: string };
    const reader = samples.find(({ inputs }) => inputs.includes(node.id));
    const sample = reader?.sample;
    const { rows } = node.type;
    if (rows.kind === "elements" && sample?.ascending?.includes(reader!.inputs.indexOf(node.id))) {
      values.input[name] = Float64Array.from(elementRows(layout.count(rows.of)));
      continue;
    }
    if (sample?.places?.includes(reader!.inputs.indexOf(node.id))) {
      values.input[name] = placesOf(
        layout.segments({ kind: "steps", per, history: HISTORY }),
        node.type,
        layout,
        random,
      );
      continue;
    }
    const [low, high] = sample?.range ?? [-2, 2];
    const draw = (): number => {
      if (node.type.dtype === "i32") return random.integer(TABLE_ROWS);
      const value = low + (high - low) * random.next();
      return sample?.whole === undefined ? Math.fround(value) : Math.round(value);
    };
    const length = layout.count(node.type.rows) * sizeOf(node.type.dims);
    values[node.op][name] = Float64Array.from({ length }, draw);
  }
  return { inputs: values.input, parameters: values.parameter, tables: values.table };
}
