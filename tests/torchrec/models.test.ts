// Every correct spec of tests/good, every model of the zoo and those of tests/serve, as Python: ruff changes
// nothing, weights have dinc's names and shapes, logits are those of the reference with the same weights, at
// inference and, with statistics of the batch, in training, where auxiliary losses are the reference's too.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import { emitTorchrec } from "../../compiler/backends/torchrec/package.ts";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { InputAttributes } from "../../compiler/middle/graph/attributes.ts";
import { isBatchAxis } from "../../compiler/middle/graph/batch-axis.ts";
import { historiesOf } from "../../compiler/middle/graph/derived-axes.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { predictionProgram, trainingProgram } from "../../compiler/middle/programs/step.ts";
import { allChannels } from "../../compiler/middle/training/channels.ts";
import { initialTable } from "../../compiler/train/tables.ts";
import { difference } from "../ops/comparison.ts";
import { specs } from "../serve/specs.ts";
import { testContext } from "../support/emitted.ts";
import { historyUses } from "../support/history-uses.ts";
import { specFiles } from "../support/spec-files.ts";
import { ran } from "./forks.ts";
import { MISSING, torchPython } from "./python.ts";
import { isRefused, WITHOUT_LEARNED } from "./refused.ts";

/**
 * Names that modules, dictionaries of weights and Python have for themselves, and a name of weights and of a
 * part with weights.
 */
const TAKEN = `model taken
features item {
  item_id : id  embed 3
  price   : number
  forward : number
}
label click : binary
block train(x: Vec[d]) -> Vec[2] { dense(x, 2, relu) }
net {
  let half      = train(item_id)
  let class     = dense(concat(half, embed(price, 8), embed(price, 8, "keys"), embed(price, 8, "half")), 4, prelu)
  let __init    = dense(class, 4)
  predict click = concat(__init, weight(forward), embed(forward, 2, "to"), weight(price)) |> dense(1) |> sigmoid
}
`;

const allTexts = [
  ...specFiles("tests/good", "examples/zoo"),
  ...Object.entries(specs).map(([name, text]) => [`serve.${name}`, text] as const),
  ...historyUses,
  ["taken names", TAKEN] as const,

  WITHOUT_LEARNED,
];
const texts = allTexts.filter(([name]) => !isRefused(name));
test.each(allTexts.filter(([name]) => isRefused(name)))("%s is refused, with the place", (name, text) => {
  const model = check(sourceFile(`${name}.din`, text)).value!;
  let refusal: unknown = null;
  try {
    emitTorchrec(model, testContext);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(DiagnosticError);
  for (const found of (refusal as DiagnosticError).diagnostics)
    expect(found).toMatchObject({ code: "DIN0649", location: { kind: "text" } });
});
const folder = mkdtempSync(join(tmpdir(), "dinc-torch-models-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TABLE_ROWS = 12;
const LENGTHS = [3, 0, 1, 5, 0, 2];

interface Prepared {
  readonly name: string;
  readonly model: Model;
  readonly given: Record<string, unknown>;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly inference: ReadonlyMap<string, ArrayLike<number>>;
  readonly training: ReadonlyMap<string, ArrayLike<number>>;
  readonly isDrawn: boolean;
  /** Losses that depend on learned values alone. */
  readonly alone: readonly string[];
}

interface Found {
  readonly logits: Readonly<Record<string, readonly number[]>>;
  readonly auxiliary: Readonly<Record<string, readonly number[]>>;
  readonly shapes: Readonly<Record<"logits" | "auxiliary", Readonly<Record<string, readonly number[]>>>>;
}

const models = texts.map(([name, text], i) => prepared(name, text, i));

function prepared(name: string, text: string, place: number): Prepared {
  const model = check(sourceFile(`${name}.din`, text)).value!;
  const root = join(folder, String(place));
  const { files } = emitTorchrec(model, testContext);
  for (const [file, content] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content as string);
  }
  const package_ = dirname([...files.keys()].find((file) => file.endsWith("/model.py"))!);
  const forward = validate(lower(model));
  const { batch, feeds, layout } = drawn(model, forward, name);
  const step = trainingProgram(lower(model), model).step;
  const weights = [...step.parameters.values()].filter(({ role }) => role !== "slot");
  const trained = untrainedModel(model, 1, 1);
  const random = Random.of(5, name);
  const parameters = Object.fromEntries(
    weights.map(({ name: each, dims }) => [
      each,
      trained.parameters.get(each) ?? Float32Array.from({ length: sizeOf(dims) }, () => random.normal() / 3),
    ]),
  );
  const all = {
    ...feeds,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([key, values]) => [key, Float64Array.from(values)]),
    ),
  };
  const inputs = inputsOf(forward);
  return {
    ...{ name, model },
    given: {
      ...batch,
      folder: join(root, package_),
      parameters: Object.fromEntries(
        weights.map(({ name: each, dims }) => [
          each,
          { shape: dims, numbers: Array.from(parameters[each]!) },
        ]),
      ),
    },
    parameters: Object.fromEntries(weights.map(({ name: each, dims }) => [each, dims])),
    inference: evaluate(validate(predictionProgram(lower(model), model)), all, layout).outputs,
    training: evaluate(forward, all, layout).outputs,
    isDrawn: inputs.some(({ role }) => isOfStep(role)),
    alone: model.losses.flatMap(({ name }) => {
      const node = forward.nodes[forward.outputs.get(outputNames.auxiliary(name))!]!;
      return node.type.rows.kind === "once" ? [name] : [];
    }),
  };
}

/** Tells whether PyTorch draws or counts an input by itself. */
function isOfStep(role: InputAttributes["role"]): boolean {
  if (role.kind === "permutation") return role.share !== undefined;
  return role.kind === "noise" || role.kind === "random" || role.kind === "scalar";
}

function inputsOf({ nodes }: Graph): InputAttributes[] {
  return nodes.flatMap(({ op, attributes }) => (op === "input" ? [attributes as InputAttributes] : []));
}

/** A batch of a few examples for a Graph, for Python and for the reference. */
function drawn(model: Model, graph: Graph, seed: string) {
  const random = Random.of(3, seed);
  const inputs = inputsOf(graph);
  const histories = new Set<string>();
  for (const { type } of graph.nodes)
    if (type.rows.kind === "steps")
      for (const history of historiesOf(type.rows.history)) histories.add(history);
  const lengths = Object.fromEntries(
    [...histories].map((history, i) => {
      const turned = [...LENGTHS.slice(i), ...LENGTHS.slice(0, i)];
      // A row is beside itself at least.
      return [history, isBatchAxis(history) ? turned.map((length) => Math.max(1, length)) : turned];
    }),
  );
  const tables = graph.nodes.flatMap(({ op, attributes, type }) =>
    op === "table"
      ? [{ name: (attributes as { readonly name: string }).name, width: sizeOf(type.dims) }]
      : [],
  );
  const counts = Object.fromEntries(tables.map(({ name }) => [name, TABLE_ROWS]));
  const rowsAlone = exampleLayout({ examples: LENGTHS.length, lengths, tables: counts });
  // Sets of 0, 1 and 2 values.
  const owners = new Map<string, number[]>();
  for (const { type, name, role } of inputs)
    if (role.kind === "feature" && type.rows.kind === "elements")
      owners.set(
        name,
        Array.from({ length: rowsAlone.count(type.rows.of) }, (_, row) =>
          Array.from({ length: row % 3 }, () => row),
        ).flat(),
      );
  const elements = Object.fromEntries([...owners].map(([name, rows]) => [name, rows.length]));
  const layout = exampleLayout({ examples: LENGTHS.length, lengths, tables: counts, elements });
  // A feature may be called `__proto__`.
  const kinds = ["ids", "numbers", "histories", "sets", "orders", "tables", "labels"] as const;
  const batch = new Map(kinds.map((kind) => [kind, new Map<string, unknown>()]));
  const fed = new Map<string, Float64Array>();
  for (const { name, type, role } of inputs) {
    const count = layout.count(type.rows);
    const size = sizeOf(type.dims);
    if (role.kind === "owner") {
      const of = type.rows.kind === "elements" ? type.rows.of : type.rows;
      fed.set(name, Float64Array.from(owners.get(role.of)!));
      batch.get("sets")!.set(role.of, { rows: layout.count(of), row_of: owners.get(role.of) });
    } else if (role.kind === "permutation") {
      fed.set(name, Float64Array.from(random.shuffled(new Int32Array(count))));
      batch.get("orders")!.set(role.of, Array.from(fed.get(name)!));
    } else if (type.dtype === "i32") {
      const most = role.kind === "batch" ? LENGTHS.length : TABLE_ROWS;
      fed.set(
        name,
        Float64Array.from({ length: count * size }, () => random.integer(most)),
      );
      if (role.kind === "ids" || role.kind === "batch")
        batch.get("numbers")!.set(name, { shape: [count], numbers: Array.from(fed.get(name)!) });
      else batch.get("ids")!.set(name, Array.from(fed.get(name)!));
    } else {
      fed.set(
        name,
        Float64Array.from({ length: count * size }, () => Math.fround(random.next())),
      );
      const dims = role.kind === "value_weight" ? [1] : type.dims;
      const sent = { shape: [count, ...dims], numbers: Array.from(fed.get(name)!) };
      if (role.kind === "feature" || role.kind === "value_weight") batch.get("numbers")!.set(name, sent);
      if (role.kind === "label") batch.get("labels")!.set(role.of, sent);
    }
  }
  const rows = new Map<string, Float64Array>();
  for (const { name, width } of tables) {
    const spec = model.tables.get(name)!;
    const isShare = spec.options.init.kind === "frequency";
    // Shares of what no vector with one 1 says may be negative.
    const kept =
      spec.options.frozen && !isShare ? initialTable({ ...spec, rows: TABLE_ROWS }, model.train, null) : null;
    rows.set(
      name,
      Float64Array.from(
        { length: TABLE_ROWS * width },
        (_, i) => kept?.values[i] ?? Math.fround(isShare ? 0.1 + random.next() : 0.3 * random.normal()),
      ),
    );
    batch.get("tables")!.set(name, { shape: [TABLE_ROWS, width], numbers: Array.from(rows.get(name)!) });
  }
  for (const history of histories) {
    const row_of = Array.from(layout.segments({ kind: "steps", per: "example", history }));
    batch.get("histories")!.set(history, { rows: LENGTHS.length, row_of });
  }
  const sent = Object.fromEntries([...batch].map(([kind, values]) => [kind, Object.fromEntries(values)]));
  return {
    batch: sent,
    layout,
    feeds: { inputs: Object.fromEntries(fed), tables: Object.fromEntries(rows) },
  };
}

describe.skipIf(torchPython() === null)(`in Python (${MISSING})`, () => {
  let results: readonly {
    readonly state: Readonly<Record<string, readonly number[]>>;
    readonly eval: Found;
    readonly train: Found;
  }[];

  beforeAll(async () => {
    const sent = models.map(({ given }) => given);
    results = (await ran(join(import.meta.dirname, "models.py"), { models: sent })) as typeof results;
  }, 240_000);

  test.each(models.map(({ name }, i) => ({ name, i })))("$name", ({ i }) => {
    const { model, parameters, inference, training, isDrawn, alone } = models[i]!;
    const { state, eval: evaluated, train } = results[i]!;
    expect(state).toEqual(parameters);
    const labels = allChannels(model.predictions);
    const own = model.predictions.flatMap(({ label }) =>
      training.has(outputNames.own(label)) ? [label] : [],
    );
    for (const label of labels)
      expect(close(evaluated.logits[label]!, inference.get(outputNames.logit(label))!), label).toBeNull();
    // Outputs without a label are beside the logits, with widths of their own.
    for (const { name } of model.outputs)
      expect(close(evaluated.logits[name]!, inference.get(outputNames.output(name))!), name).toBeNull();
    for (const [name, shape] of Object.entries(train.shapes.logits))
      expect(shape).toEqual([
        LENGTHS.length,
        model.outputs.find((output) => output.name === name)?.width ?? 1,
      ]);
    for (const [loss, shape] of Object.entries(train.shapes.auxiliary))
      expect(shape).toEqual(alone.includes(loss) ? [1] : [LENGTHS.length, 1]);
    expect(Object.keys(train.auxiliary).sort()).toEqual(
      [...own, ...model.losses.map(({ name }) => name)].sort(),
    );
    expect(evaluated.auxiliary).toEqual({});
    // What is drawn for a step, such as the numbers that dropout leaves out, is PyTorch's own.
    if (isDrawn) return;
    for (const label of labels)
      expect(close(train.logits[label]!, training.get(outputNames.logit(label))!), label).toBeNull();
    for (const label of own)
      expect(close(train.auxiliary[label]!, training.get(outputNames.own(label))!), label).toBeNull();
    for (const { name } of model.losses)
      expect(close(train.auxiliary[name]!, training.get(outputNames.auxiliary(name))!), name).toBeNull();
  });
});

function close(found: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  return difference(found, expected, 2e-5, 1e-5);
}
