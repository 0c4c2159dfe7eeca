// Evaluates a spec's network on random numbers with the ops' reference implementations in f64, and gives a
// plain computation of the same everything that it needs: embedded features and histories by example, and
// weights by name.

import { Random } from "../../compiler/common/random.ts";
import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { OpAttributes } from "../../compiler/middle/graph/attributes.ts";
import { historiesOf, stepsAlong } from "../../compiler/middle/graph/derived-axes.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { inputName, inputNames } from "../../compiler/middle/programs/program.ts";

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

/** Examples with histories of these lengths; the second is empty. */
export const LENGTHS = [3, 0, 1, 4];
const TABLE_ROWS = 7;
const PROGRESS = 0.3;

export interface Network {
  readonly examples: number;
  /**
   * The embedded feature or the number of an example; `table` selects a table other than the feature's own.
   */
  vector(example: number, feature: string, table?: string): Vector;
  /** The embedded field `clicks.item_id` of an example's history, oldest first. */
  steps(example: number, field: string, table?: string): Matrix;
  /** The vectors of a set's values, in their order; and those of each step of a field, oldest first. */
  values(example: number, feature: string): Matrix;
  stepValues(example: number, field: string): readonly Matrix[];
  /** The ids of a feature, and of a field of the history. */
  ids(example: number, feature: string): Vector;
  stepIds(example: number, field: string): Vector;
  /** The `width` numbers of each step of a field, such as the days and seconds of a time. */
  stepNumbers(example: number, field: string, width: number): Matrix;
  /** A weight as it is named in the Graph: a matrix as rows, a vector as one row. */
  matrix(name: string): Matrix;
  weights(name: string): Vector;
  /** The row that `shuffled` of a layer takes instead of each row. */
  order(layer: string, share?: number): readonly number[];
  /** The numbers that `random` of a layer draws for an example: a vector, or one for each step of its history. */
  drawn(example: number, layer: string): Matrix;
  /** The ids that a layer draws for the batch, their vectors, and the probability of each. */
  negatives(layer: string): {
    readonly ids: Vector;
    readonly vectors: Matrix;
    readonly probabilities: Vector;
  };
  /** All rows of a table. */
  rows(table: string): Matrix;
  /** The share of the training's steps that are done. */
  readonly progress: number;
  /** The examples in the same group as an example, if batches have groups. */
  beside(example: number): readonly number[];
  /** The values of an output such as `logit.click`, by example. */
  output(name: string): readonly Vector[];
}

/** The number of values of a set in each row, or in each step. */
const SET_SIZES = [2, 0, 3, 1, 2];
const setSize = (row: number, max: number) => Math.min(max, SET_SIZES[row % SET_SIZES.length]!);

/** All examples but the second form one group. */
const GROUPS = [0, 1, 0, 0];
const besideOf = (example: number) => [...GROUPS.keys()].filter((other) => GROUPS[other] === GROUPS[example]);

/** The number of steps of all examples along an axis such as `clicks - 1`. */
function stepsOf(axis: string): number {
  return LENGTHS.reduce((sum, length) => sum + stepsAlong(axis, () => length), 0);
}

/**
 * Runs `graph` with random inputs: numbers from −1 … 1, known ids, labels 0 or 1, and step counts 0 … 3, so
 * that some are equal.
 */
export function networkOf(graph: Graph, seed = 1): Network {
  const random = Random.of(seed, "network");
  const draw = (count: number) => Array.from({ length: count }, () => random.next() * 2 - 1);
  const inputs: Record<string, number[]> = {};
  const tables: Record<string, number[]> = {};
  const parameters: Record<string, number[]> = {};
  const widths = new Map<string, number>();
  /** By input: the tables in which it is looked up, its feature's own first. */
  const tablesOf = new Map<string, string[]>();
  const drawn = new Map<
    string,
    { readonly name: string; readonly isOfSteps: boolean; readonly size: number }
  >();
  const histories = new Set<string>();
  const lengths: Record<string, number[]> = {};
  const elements: Record<string, number> = {};
  /** By set, the index of each row's first value. */
  const starts = new Map<string, readonly number[]>();
  const nameOf = (id: number) => (graph.nodes[id]!.attributes as { readonly name: string }).name;
  for (const { op, attributes, inputs: ids } of graph.nodes) {
    if (op === "input") {
      const { name, type, role } = attributes as OpAttributes["input"];
      if (role.kind === "batch" || role.kind === "candidates") {
        const places = LENGTHS.map((_, i) => (role.by === null ? [...LENGTHS.keys()] : besideOf(i)));
        inputs[name] = places.flat();
        lengths[role.of] = places.map(({ length }) => length);
        continue;
      }
      const each = type.rows.kind === "elements" ? type.rows.of : type.rows;
      if (each.kind === "steps") for (const history of historiesOf(each.history)) histories.add(history);
      if (type.rows.kind === "elements") {
        const { set, max } = type.rows;
        const owners = each.kind === "steps" ? stepsOf(each.history) : LENGTHS.length;
        const sizes = Array.from({ length: owners }, (_, row) => setSize(row, max));
        const rowOf = sizes.flatMap((size, row) => new Array<number>(size).fill(row));
        elements[set] = rowOf.length;
        inputs[name] = role.kind === "owner" ? rowOf : rowOf.map(() => 2 + random.integer(TABLE_ROWS - 2));
        starts.set(
          set,
          sizes.map((_, row) => sizes.slice(0, row).reduce((sum, size) => sum + size, 0)),
        );
        continue;
      }
      const examples = type.rows.kind === "once" ? 1 : LENGTHS.length;
      const rows = type.rows.kind === "steps" ? stepsOf(type.rows.history) : examples;
      if (role.kind === "draw_probability") {
        inputs[name] = Array.from({ length: sizeOf(type.dims) }, () => 0.1 + random.next());
        continue;
      }
      if (role.kind === "permutation") {
        inputs[name] = [...random.order(rows)];
        continue;
      }
      if (role.kind === "scalar") {
        inputs[name] = [PROGRESS];
        continue;
      }
      if (role.kind === "random") {
        const count = rows * sizeOf(type.dims);
        const uniform = role.distribution === "uniform";
        inputs[name] = Array.from({ length: count }, () => (uniform ? random.next() : random.normal()));
        drawn.set(role.of, { name, isOfSteps: type.rows.kind === "steps", size: sizeOf(type.dims) });
        continue;
      }
      // Compared ids are those that are looked up.
      const fed = role.kind === "ids" ? inputName(role.of) : name;
      const size = rows * type.dims.reduce((product, dim) => product * dim, 1);
      inputs[fed] ??=
        type.dtype === "i32"
          ? Array.from({ length: size }, () => 2 + random.integer(TABLE_ROWS - 2))
          : type.rows.kind === "steps"
            ? Array.from({ length: size }, () => random.integer(4))
            : draw(size).map((value) => (role.kind === "label" ? Number(value > 0) : value));
      inputs[name] = inputs[fed];
    } else if (op === "table") {
      const { name, width } = attributes as OpAttributes["table"];
      const values = draw(TABLE_ROWS * width);
      // Shares of rows are above 0.
      tables[name] = name.endsWith(".frequency") ? values.map((value) => 0.1 + Math.abs(value)) : values;
      widths.set(name, width);
    } else if (
      (op === "lookup" || op === "listed_lookup") &&
      graph.nodes[ids[0]!]!.op === "table" &&
      graph.nodes[ids[1]!]!.op === "input"
    ) {
      const [table, input] = ids.map(nameOf) as [string, string];
      const known = tablesOf.get(input) ?? [];
      tablesOf.set(input, table.includes(".") ? [...known, table] : [table, ...known]);
    }
  }
  for (const { name, dims, role } of graph.parameters.values()) {
    const size = dims.reduce((product, dim) => product * dim, 1);
    parameters[name] = role === "statistic" ? draw(size).map((value) => 1 + value / 2) : draw(size);
  }
  const feeds: Feeds = { inputs, parameters, tables };
  const layout = exampleLayout({
    examples: LENGTHS.length,
    lengths: {
      ...Object.fromEntries([...histories].map((history) => [history, LENGTHS])),
      ...lengths,
    },
    tables: Object.fromEntries(Object.keys(tables).map((name) => [name, TABLE_ROWS])),
    elements,
  });
  const { outputs } = evaluate(graph, feeds, layout);
  const row = (table: string, id: number) => {
    const width = widths.get(table)!;
    return tables[table]!.slice(id * width, (id + 1) * width);
  };
  const embedded = (input: string, at: number, wanted: string | undefined): Vector => {
    const tables = tablesOf.get(input);
    const value = inputs[input]![at]!;
    if (tables === undefined) return [value];
    const table = wanted ?? tables[0]!;
    if (!tables.includes(table)) throw new Error(`${input} is not looked up in ${table}, but in ${tables}`);
    return row(table, value);
  };
  const valuesOf = (set: string, row: number): Matrix => {
    const all = starts.get(set)!;
    const end = all[row + 1] ?? elements[set]!;
    return Array.from({ length: end - all[row]! }, (_, i) => embedded(set, all[row]! + i, undefined));
  };
  const before = (example: number) => LENGTHS.slice(0, example).reduce((sum, length) => sum + length, 0);
  return {
    examples: LENGTHS.length,
    ids: (example, feature) => [inputs[feature]![example]!],
    stepIds: (example, field) => inputs[field]!.slice(before(example), before(example) + LENGTHS[example]!),
    stepNumbers: (example, field, width) =>
      Array.from({ length: LENGTHS[example]! }, (_, step) => {
        const from = width * (before(example) + step);
        return inputs[field]!.slice(from, from + width);
      }),
    vector: (example, feature, table) => embedded(feature, example, table),
    steps: (example, field, table) => {
      return Array.from({ length: LENGTHS[example]! }, (_, step) =>
        embedded(field, before(example) + step, table),
      );
    },
    values: (example, feature) => valuesOf(feature, example),
    stepValues: (example, field) =>
      Array.from({ length: LENGTHS[example]! }, (_, step) => valuesOf(field, before(example) + step)),
    matrix: (name) => {
      const parameter = graph.parameters.get(name);
      if (parameter === undefined)
        throw new Error(`no weight ${name}: ${[...graph.parameters.keys()].join(", ")}`);
      const { dims } = parameter;
      const columns = dims.at(-1)!;
      const rows = parameters[name]!.length / columns;
      return Array.from({ length: rows }, (_, i) => parameters[name]!.slice(i * columns, (i + 1) * columns));
    },
    weights: (name) => {
      const values = parameters[name];
      if (values === undefined) throw new Error(`no weight ${name}: ${Object.keys(parameters).join(", ")}`);
      return values;
    },
    drawn: (example, layer) => {
      const { name, isOfSteps, size } = drawn.get(layer)!;
      const first = isOfSteps ? before(example) : example;
      return Array.from({ length: isOfSteps ? LENGTHS[example]! : 1 }, (_, i) =>
        inputs[name]!.slice((first + i) * size, (first + i + 1) * size),
      );
    },
    negatives: (layer) => {
      const input = inputNames.drawn(layer);
      const ids = inputs[input]!;
      const vectors = ids.map((_, i) => embedded(input, i, undefined));
      return { ids, vectors, probabilities: inputs[inputNames.drawProbability(layer)]! };
    },
    rows: (table) => Array.from({ length: TABLE_ROWS }, (_, id) => row(table, id)),
    progress: PROGRESS,
    order: (layer, share) => inputs[inputNames.order(layer, share)]!,
    beside: besideOf,
    output: (name) => {
      const values = [...outputs.get(name)!];
      // Values computed from learned values alone are the same for all examples.
      if (graph.nodes[graph.outputs.get(name)!]!.type.rows.kind === "once") return LENGTHS.map(() => values);
      const width = values.length / LENGTHS.length;
      return LENGTHS.map((_, i) => values.slice(i * width, (i + 1) * width));
    },
  };
}

// ---- Plain arithmetic on vectors, for the formulas of papers

export const add = (...vectors: readonly Vector[]): Vector =>
  vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0));
export const scale = (factor: number, x: Vector): Vector => x.map((value) => factor * value);
export const hadamard = (x: Vector, y: Vector): Vector => x.map((value, i) => value * y[i]!);
export const inner = (x: Vector, y: Vector): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
export const relu = (x: Vector): Vector => x.map((value) => Math.max(0, value));
export const tanh = (x: Vector): Vector => x.map(Math.tanh);
export const zeros = (width: number): Vector => Array.from({ length: width }, () => 0);
export const sigmoid = (x: Vector): Vector => x.map((value) => 1 / (1 + Math.exp(-value)));
/** x·W, W by rows. */
export const times = (x: Vector, w: Matrix): Vector =>
  w[0]!.map((_, j) => x.reduce((sum, value, i) => sum + value * w[i]![j]!, 0));
export const softmax = (scores: Vector): Vector => {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const all = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / all);
};
/** Σ weightᵢ · vectorᵢ; zeros of `width` if there are none. */
export const weighted = (weights: Vector, vectors: Matrix, width: number): Vector =>
  vectors.reduce<Vector>(
    (sum, vector, i) => add(sum, scale(weights[i]!, vector)),
    Array.from({ length: width }, () => 0),
  );

/** The layer `name` of a network: x·kernel + bias. */
export function denseOf(network: Network, name: string, x: Vector): Vector {
  return add(times(x, network.matrix(`${name}.kernel`)), network.weights(`${name}.bias`));
}

/** `mlp` of the standard library, whose layers are named `<name>.dense_1`, …; `f` is its activation. */
export function mlpOf(
  network: Network,
  name: string,
  x: Vector,
  layers: number,
  f: (x: Vector, layer: number) => Vector = relu,
): Vector {
  return Array.from({ length: layers }, (_, i) => i + 1).reduce(
    (h, layer) => f(denseOf(network, `${name}.dense_${layer}`, h), layer),
    x,
  );
}

/** `prelu` and `dice` with the weights of `<name>`; Dice with its moving averages. */
export function preluOf(network: Network, name: string, x: Vector): Vector {
  const alpha = network.weights(`${name}.alpha`);
  return x.map((value, i) => (value > 0 ? value : alpha[i]! * value));
}

export function diceOf(network: Network, name: string, x: Vector): Vector {
  const [alpha, mean, variance] = ["alpha", "mean", "variance"].map((each) =>
    network.weights(`${name}.${each}`),
  );
  return x.map((value, i) => {
    const p = 1 / (1 + Math.exp(-(value - mean![i]!) / Math.sqrt(variance![i]! + 1e-8)));
    return p * value + (1 - p) * alpha![i]! * value;
  });
}

/** γ (x − μ) / √(σ² + ε) + β, with the weights of `name` (Ba et al., 2016). */
export function layerNormOf(network: Network, name: string, x: Vector): Vector {
  const [gamma, beta] = ["gamma", "beta"].map((of) => network.weights(`${name}.${of}`));
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => (gamma![i]! * (value - mean)) / Math.sqrt(variance + 1e-5) + beta![i]!);
}

/** The log odds of a probability, and the probability of a logit. */
export const logitOf = (p: number): number => Math.log(p / (1 - p));
export const chanceOf = (z: number): number => 1 / (1 + Math.exp(-z));
