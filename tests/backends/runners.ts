// How the tests run any Graph on each back end, as `evaluate` runs it with the references. A back end without
// an entry does not compile. What computes is started once; a Graph is opened once and run over as many
// values as a test has.

import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { cutParts } from "../../compiler/backends/contract/batch-parts.ts";
import type { FeedValues } from "../../compiler/backends/contract/feed.ts";
import { batchValues, plainValues } from "../../compiler/backends/contract/feed-values.ts";
import { emitOnnx } from "../../compiler/backends/onnx/emit.ts";
import type { BackendName } from "../../compiler/backends/registry.ts";
import { emitTensorflow, parameterSignatures } from "../../compiler/backends/tensorflow/emit.ts";
import { readFeed, readParameters } from "../../compiler/backends/tensorflow/loaded-module.ts";
import { inParts, isSplit, readsRows } from "../../compiler/backends/tensorflow/parts.ts";
import { bestForm, type SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import { Runner } from "../../compiler/backends/wasm/training/runner.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { Feeds, NamedValues } from "../../compiler/middle/builder/evaluate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { RowOwner } from "../../compiler/middle/graph/types.ts";
import { loadModule } from "../../runtime/engines/native-module.ts";
import { loadNative, nativeAvailable } from "../../runtime/native/load.ts";
import { feedsOf, weightsOf } from "../onnx/feeds.ts";
import { bytesOf, run as runOnnx, sessionOf } from "../onnx/session.ts";
import { HISTORY } from "../ops/op-cases.ts";
import { loadModule as importModule } from "../serve/load-module.ts";
import { emitGraph, type GraphModule } from "../support/emit-graph.ts";
import "../support/webassembly.ts";

/** Values of a Graph's inputs, and how many rows they are of. */
export interface Given {
  readonly feeds: Feeds;
  readonly layout: RowLayout;
  /** Of a ranking program. */
  readonly candidates: number;
  readonly steps: number;
}

type Numbers = Float32Array | Int32Array;

/** By name, row-major. */
export interface Found {
  readonly outputs: ReadonlyMap<string, Numbers>;
  readonly updates: ReadonlyMap<string, Numbers>;
  /** Of the outputs, where what computes knows them. */
  readonly shapes: ReadonlyMap<string, readonly number[]> | null;
}

export interface OpenGraph {
  run(given: Given): Promise<Found>;
  close(): void;
}

/** One of the ways in which a back end runs Graphs. */
export interface Way {
  readonly name: string;
  /** Of which rows. */
  readonly per: readonly RowOwner[];
  /** Whether it also ranks with what a training export has: each candidate with a user of its own. */
  readonly runsExports: boolean;
  takes(graph: ValidGraph): boolean;
  /** `mostSteps` is how long histories get. */
  open(graph: ValidGraph, mostSteps?: number): Promise<OpenGraph>;
}

/** This Node may have the plain form only. */
const forms: readonly SimdForm[] = bestForm() === "plain" ? ["plain"] : ["plain", "relaxed"];
const everyRow: readonly RowOwner[] = ["example", "request", "candidate"];
const ranked: readonly RowOwner[] = ["request", "candidate"];
const none: Found["updates"] = new Map();

export const runners: { readonly [B in BackendName]: readonly Way[] } = {
  tensorflow: nativeAvailable() ? [native("node", 1), native("node, in 3 parts", 3)] : [],
  typescript: [generated("typescript")],
  wasm: [...forms.map(trainingModule), generated("simd"), generated("auto")],
  onnx: [onnxruntime()],
  // Python computes; tests/torchrec/ops.test.ts has every op of a forward Graph in one process.
  torchrec: [],
  // Compilers of C compute: c-proof.test.ts has the ops, random Graphs and the zoo.
  c: [],
  // Their modules are those of `typescript`.
  two_tower: [],
  server: [],
  page: [],
};

/** Whether it computes as another way does, but for threads, fused multiply-adds or a choice between the two forms. */
export function isVariant({ name }: Way): boolean {
  return ["node, in 3 parts", "wasm, relaxed", "auto"].includes(name);
}

/** One run of a Graph over examples. */
export async function runOnce(way: Way, graph: ValidGraph, feeds: Feeds, layout: RowLayout): Promise<Found> {
  const open = await way.open(graph);
  try {
    return await open.run({ feeds, layout, candidates: 0, steps: 0 });
  } finally {
    open.close();
  }
}

export function wayNamed(name: string): Way {
  const way = Object.values(runners)
    .flat()
    .find((way) => way.name === name);
  if (way === undefined) throw new Error(`no back end is run as ${name}`);
  return way;
}

/** The values of neighbouring examples, as a batch has them in parts. */
function partsOf(graph: ValidGraph, feeds: Feeds, layout: RowLayout, of: number): FeedValues[] {
  const { axes, parts } = planBatches(graph, [], of);
  // An op may count steps that nothing else in its Graph reads.
  const counted = graph.nodes.flatMap(({ attributes }) =>
    "rows" in attributes && attributes.rows.kind === "steps" ? [attributes.rows.history] : [],
  );
  const whole = {
    size: layout.count({ kind: "each", per: "example" }),
    inputs: new Map(parts!.inputs.map(({ name }) => [name, plainValues(feeds, layout).input(name)])),
    segments: new Map(
      [...axes.map(({ axis }) => axis), ...counted].map((history) => [
        history,
        layout.segments({ kind: "steps", per: "example", history }),
      ]),
    ),
  };
  const batch = { ...whole, tables: new Map(), own: new Map(), parts: cutParts(whole, parts!, newArrays) };
  return batch.parts.map((_, part) => batchValues({ batch, rows: {}, scalars: {} }, part));
}

function native(name: string, parts: number): Way {
  return {
    ...{ name, per: everyRow, runsExports: false },
    takes: (graph) => parts === 1 || inParts(graph) !== null,
    async open(graph) {
      const load = loadModule((await loadNative())!);
      const module = await load(emitTensorflow({ run: graph }, parts));
      const parameters = [...graph.parameters.keys()];
      // Only examples are shared out.
      const isCut =
        parts > 1 && graph.nodes.some((node) => isSplit(node.type.rows) || readsRows(node, graph.nodes));
      return {
        async run({ feeds, layout }) {
          const initial = parameters.map(
            (name) => [name, Float32Array.from(feeds.parameters[name] ?? [])] as const,
          );
          if (parameters.length > 0) module.run(parameterSignatures.write, readParameters(new Map(initial)));
          const cut = isCut ? partsOf(graph, feeds, layout, parts) : [];
          const outputs = module.run("run", readFeed(plainValues(feeds, layout), cut));
          const after =
            graph.updates.size > 0 ? module.run(parameterSignatures.read, readParameters(new Map())) : {};
          return {
            outputs: new Map([...graph.outputs.keys()].map((name) => [name, outputs[name]!])),
            updates: new Map([...graph.updates.keys()].map((name) => [name, after[name]!])),
            shapes: null,
          };
        },
        close: () => module.dispose(),
      };
    },
  };
}

/** The module that trains: slices and blocks of examples, in one thread. */
function trainingModule(form: SimdForm): Way {
  return {
    ...{ name: form === "plain" ? "wasm" : `wasm, ${form}`, per: ["example"], runsExports: false },
    takes: () => true,
    async open(graph) {
      const runner = new Runner(graph, { threads: null, form }, new Map());
      return {
        async run({ feeds, layout }) {
          for (const name of graph.parameters.keys())
            runner.parameter(name).set(Float32Array.from(feeds.parameters[name] ?? []));
          const outputs = runner.run(plainValues(feeds, layout));
          return {
            outputs: new Map(Object.entries(outputs)),
            updates: new Map([...graph.updates.keys()].map((name) => [name, runner.parameter(name).slice()])),
            shapes: null,
          };
        },
        close: () => {},
      };
    },
  };
}

/** Of a Graph one module, which all that generated code runs by share. */
const modules = new WeakMap<ValidGraph, Promise<GraphModule>>();

function generated(name: "typescript" | "simd" | "auto"): Way {
  return {
    ...{ name, per: ranked, runsExports: false },
    takes: () => true,
    async open(graph, mostSteps) {
      const made = modules.get(graph) ?? importModule<GraphModule>(emitGraph(graph, mostSteps));
      modules.set(graph, made);
      const module = await made;
      return {
        async run({ feeds, candidates, steps }) {
          const given = {
            ...{ candidates, steps: { [HISTORY]: steps }, inputs: inputsOf(graph, feeds.inputs) },
            ...{ parameters: floats(feeds.parameters), tables: floats(feeds.tables) },
          };
          const outputs = new Map(Object.entries(await module.run(given, name)));
          return { outputs, updates: none, shapes: null };
        },
        close: () => {},
      };
    },
  };
}

function onnxruntime(): Way {
  return {
    ...{ name: "onnxruntime", per: ranked, runsExports: true },
    takes: () => true,
    open: async (graph) => ({
      // A file has its weights, so that every run has a session of its own.
      async run({ feeds, layout, candidates, steps }) {
        const { graph: emitted, counts } = emitOnnx(graph, weightsOf(feeds), "case");
        const session = await sessionOf(bytesOf(emitted));
        const results = await runOnnx(session, feedsOf(graph, counts, feeds, layout, candidates, steps));
        await session.release();
        const found = Object.entries(results);
        return {
          outputs: new Map(found.map(([name, { data }]) => [name, data])),
          updates: none,
          shapes: new Map(found.map(([name, { dims }]) => [name, dims])),
        };
      },
      close: () => {},
    }),
  };
}

function floats(values: NamedValues): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));
}

function inputsOf(graph: ValidGraph, values: NamedValues): Record<string, Float32Array | Int32Array> {
  const ids = new Set(
    graph.nodes
      .filter(({ op, type }) => op === "input" && type.dtype === "i32")
      .map(({ attributes }) => (attributes as { readonly name: string }).name),
  );
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      ids.has(name) ? Int32Array.from(value) : Float32Array.from(value),
    ]),
  );
}
