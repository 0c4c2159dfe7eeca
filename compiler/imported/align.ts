// Finds the weight of a checkpoint for each weight of a model: tables by their features, layers by shape and
// order, the other weights of a layer beside its kernel, the rest by kind and shape. Whatever could be decided in two
// ways is not decided: it is returned, for a message.

import type { Span } from "../common/source-file.ts";
import { featureNamed, type Model, type Table } from "../frontend/model/model.ts";
import type { Graph, Node, NodeId, Parameter } from "../middle/graph/graph.ts";
import { outputNames } from "../middle/graph/outputs.ts";
import { allChannels } from "../middle/training/channels.ts";
import { tensorsIn, type WeightExpression } from "./expression.ts";
import type { CheckpointTensor } from "./files/tensors.ts";
import type { CheckpointLibrary } from "./libraries/library.ts";

/** A weight of the model that needs a source. */
export interface WantedWeight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly span: Span | null;
}

export interface Alignment {
  /** By table of the model. */
  readonly tables: ReadonlyMap<string, WeightExpression>;
  /** By weight of the model. */
  readonly weights: ReadonlyMap<string, WeightExpression>;
  /** Weights that only their order distinguishes from others of the same shape. */
  readonly byOrder: readonly string[];
  /** Weights of the model without a source, with the unused weights that have their shape. */
  readonly missing: readonly (WantedWeight & { readonly candidates: readonly CheckpointTensor[] })[];
  /** Weights of the checkpoint without a use. */
  readonly unused: readonly CheckpointTensor[];
}

/** The given parts of an alignment: those of a map of weights. */
export interface GivenWeights {
  readonly tables: ReadonlyMap<string, WeightExpression>;
  readonly weights: ReadonlyMap<string, WeightExpression>;
  /** Whether a weight of the checkpoint is left out on purpose. */
  readonly isLeftOut: (name: string) => boolean;
}

/** The model's side: the Graph of its predictions, its weights and its tables. */
export interface AlignedModel {
  readonly model: Model;
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
  readonly tables: readonly Pick<Table, "name" | "feature" | "width">[];
}

export function align(
  wanted: AlignedModel,
  tensors: readonly CheckpointTensor[],
  library: CheckpointLibrary,
  given: GivenWeights,
): Alignment {
  return new Aligner(wanted, tensors, library, given).aligned();
}

/** The name of a feature in the columns of data: a history's own field is `clicks.dwell`. */
export function columnOf(feature: string): string {
  return feature.slice(feature.indexOf(".") + 1);
}

/** The use of a weight in its layer. Only weights of one kind are candidates for one another. */
type WeightKind = "kernel" | "bias" | "gamma" | "beta" | "mean" | "variance" | "alpha" | "other";

const modelKinds: ReadonlySet<string> = new Set<WeightKind>([
  ...(["kernel", "bias", "gamma", "beta", "mean", "variance", "alpha"] as const),
]);

const torchKinds: Readonly<Record<string, WeightKind>> = {
  running_mean: "mean",
  running_var: "variance",
  alpha: "alpha",
};

/** A weight of either side, in dinc's layout: a kernel is [in, out]. */
interface Sided<T> {
  readonly of: T;
  readonly layer: string;
  readonly kind: WeightKind;
  readonly dims: readonly number[];
}

const keyOf = ({ kind, dims }: Sided<unknown>) => `${kind} ${dims.join()}`;

class Aligner {
  private readonly wanted: AlignedModel;
  private readonly library: CheckpointLibrary;
  private readonly tensors: readonly CheckpointTensor[];
  private readonly given: GivenWeights;
  private readonly spans: ReadonlyMap<string, Span>;
  private readonly tables: Map<string, WeightExpression>;
  private readonly weights: Map<string, WeightExpression>;
  private readonly byOrder: string[] = [];
  private readonly missingTables: Alignment["missing"][number][] = [];
  private readonly used = new Set<CheckpointTensor>();
  private model: Sided<Parameter>[];
  private torch: Sided<CheckpointTensor>[];

  constructor(
    wanted: AlignedModel,
    tensors: readonly CheckpointTensor[],
    library: CheckpointLibrary,
    given: GivenWeights,
  ) {
    this.wanted = wanted;
    this.library = library;
    this.tensors = tensors.filter(({ name, isFloat }) => isFloat && !library.isIgnored(name));
    this.given = given;
    this.tables = new Map(given.tables);
    this.weights = new Map(given.weights);
    this.spans = new Map(
      wanted.graph.nodes.flatMap((node) =>
        node.op === "parameter" && node.origin !== null ? [[node.attributes.name, node.origin]] : [],
      ),
    );
    for (const expression of [...this.tables.values(), ...this.weights.values()])
      for (const tensor of tensorsIn(expression)) this.used.add(tensor);
    this.model = wanted.parameters
      .filter(({ name }) => !this.weights.has(name))
      .map((of) => ({ of, layer: layerOf(of.name), kind: modelKind(of.name), dims: of.dims }));
    this.torch = [];
  }

  aligned(): Alignment {
    this.alignTables();
    this.torch = this.tensors
      .filter((tensor) => !(this.used.has(tensor) || this.given.isLeftOut(tensor.name)))
      .map((of) => this.torchSide(of));
    const paired = this.pairEqual(({ kind }) => kind === "kernel");
    this.pairBeside(paired);
    this.pairEqual(() => true);
    this.addToLogit(paired);
    this.pairUnique();
    const storages = new Set([...this.used].map(({ storage }) => storage));
    return {
      tables: this.tables,
      weights: this.weights,
      byOrder: this.byOrder,
      missing: [...this.missingTables, ...this.model.map((side) => this.missing(side))],
      unused: this.torch.map(({ of }) => of).filter(({ storage }) => !storages.has(storage)),
    };
  }

  private alignTables(): void {
    const found = this.wanted.tables.map((table) => ({
      table,
      candidates: this.tensors.filter(
        (tensor) =>
          !(this.used.has(tensor) || this.given.isLeftOut(tensor.name)) &&
          this.library.featureOf(tensor.name) === columnOf(table.feature) &&
          tensor.dims.length === 2 &&
          tensor.dims[1] === table.width,
      ),
    }));
    for (const { table, candidates } of found) {
      if (this.tables.has(table.name)) continue;
      const rivals = found.filter((each) => each.candidates.some((one) => candidates.includes(one)));
      const [tensor, ...others] = candidates;
      if (tensor !== undefined && others.length === 0 && rivals.length === 1) {
        this.tables.set(table.name, { kind: "weight", tensor });
        this.used.add(tensor);
      } else {
        const { span } = featureNamed(this.wanted.model, table.feature);
        this.missingTables.push({ name: table.name, dims: [-1, table.width], span, candidates });
      }
    }
  }

  private torchSide(of: CheckpointTensor): Sided<CheckpointTensor> {
    const layer = layerOf(of.name);
    const last = of.name.slice(layer.length === 0 ? 0 : layer.length + 1);
    const sibling = (name: string) => this.tensors.find((each) => each.name === `${layer}.${name}`);
    // A convolution over single places has an axis of length 1 more.
    const [out, width, ...places] = of.dims;
    if (last === "weight" && width !== undefined && places.every((each) => each === 1))
      return { of, layer, kind: "kernel", dims: [width, out!] };
    const isNorm = sibling("weight")?.dims.length === 1;
    const kind: WeightKind =
      last === "weight" && of.dims.length === 1
        ? "gamma"
        : last === "bias"
          ? isNorm
            ? "beta"
            : "bias"
          : (torchKinds[last] ?? "other");
    return { of, layer, kind, dims: of.dims };
  }

  /** Pairs weights of one kind and shape in their order if both sides have the same number of them. */
  private pairEqual(
    concerns: (side: Sided<unknown>) => boolean,
  ): (readonly [Sided<Parameter>, Sided<CheckpointTensor>])[] {
    const theirs = grouped(this.torch.filter(concerns));
    const pairs = [...grouped(this.model.filter(concerns))].flatMap(([key, own]) => {
      const others = theirs.get(key) ?? [];
      if (own.length !== others.length) return [];
      if (own.length > 1) this.byOrder.push(...own.map(({ of }) => of.name));
      return own.map((side, i) => [side, others[i]!] as const);
    });
    for (const [own, other] of pairs) this.pair(own, other);
    return pairs;
  }

  /** Pairs the biases of layers whose kernels are paired. */
  private pairBeside(pairs: readonly (readonly [Sided<Parameter>, Sided<CheckpointTensor>])[]): void {
    for (const [own, other] of pairs)
      for (const side of this.model.filter(({ layer }) => layer === own.layer)) {
        const beside = this.torch.find((each) => each.layer === other.layer && keyOf(each) === keyOf(side));
        if (beside !== undefined) this.pair(side, beside);
      }
  }

  /**
   * Biases that both sides add to the logit form one sum: those that the library adds, and those of layers whose
   * result is added to it.
   */
  private addToLogit(pairs: readonly (readonly [Sided<Parameter>, Sided<CheckpointTensor>])[]): void {
    const channels = allChannels(this.wanted.model.predictions);
    if (channels.length !== 1) return;
    const added = addedTo(this.wanted.graph, outputNames.logit(channels[0]!));
    const bias = this.wanted.parameters.find(({ name, dims }) => added.has(name) && dims.join() === "1");
    if (bias === undefined) return;
    const layers = new Set(pairs.filter(([own]) => added.has(own.of.name)).map(([, { layer }]) => layer));
    const rest = this.torch.filter(
      ({ of, kind, layer }) =>
        kind === "bias" &&
        of.dims.join() === "1" &&
        (this.library.isAddedToLogit(of.name) || layers.has(layer)),
    );
    if (rest.length === 0) return;
    const already = this.weights.get(bias.name);
    if (already !== undefined && this.given.weights.has(bias.name)) return;
    const of = [
      ...(already === undefined ? [] : [already]),
      ...rest.map(({ of: tensor }): WeightExpression => ({ kind: "weight", tensor })),
    ];
    this.weights.set(bias.name, of.length === 1 ? of[0]! : { kind: "sum", of });
    this.model = this.model.filter(({ of: { name } }) => name !== bias.name);
    for (const side of rest) this.use(side);
  }

  /** Pairs two remaining weights, whatever their kinds, if no other weight of either side has their axes. */
  private pairUnique(): void {
    const axes = ({ dims }: Sided<unknown>) => dims.filter((dim) => dim !== 1).join();
    const theirs = [...this.torch];
    for (const own of [...this.model]) {
      const fitting = theirs.filter((each) => axes(each) === axes(own));
      const rivals = this.model.filter((each) => axes(each) === axes(own));
      const isSquare = own.dims.length === 2 && own.dims[0] === own.dims[1];
      if (fitting.length === 1 && rivals.length === 1 && !isSquare) this.pair(own, fitting[0]!);
    }
  }

  private pair(own: Sided<Parameter>, other: Sided<CheckpointTensor>): void {
    const weight: WeightExpression = { kind: "weight", tensor: other.of };
    const isTurned = other.kind === "kernel" && other.dims.every((dim) => dim !== 1);
    this.weights.set(own.of.name, isTurned ? { kind: "call", name: "transpose", of: [weight] } : weight);
    this.model = this.model.filter((each) => each !== own);
    this.use(other);
  }

  private use(side: Sided<CheckpointTensor>): void {
    this.used.add(side.of);
    this.torch = this.torch.filter((each) => each !== side);
  }

  private missing({ of: { name, dims } }: Sided<Parameter>): Alignment["missing"][number] {
    const sorted = (all: readonly number[]) =>
      all
        .filter((dim) => dim !== 1)
        .sort((a, b) => a - b)
        .join();
    return {
      ...{ name, dims, span: this.spans.get(name) ?? null },
      candidates: this.torch.map(({ of }) => of).filter((tensor) => sorted(tensor.dims) === sorted(dims)),
    };
  }
}

function layerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

function modelKind(name: string): WeightKind {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return modelKinds.has(last) ? (last as WeightKind) : "other";
}

function grouped<T>(sides: readonly Sided<T>[]): Map<string, Sided<T>[]> {
  const groups = new Map<string, Sided<T>[]>();
  for (const side of sides) {
    const key = keyOf(side);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [side]);
    else group.push(side);
  }
  return groups;
}

/** The weights that are added to an output, or whose product with a value is. */
function addedTo(graph: Graph, output: string): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting: NodeId[] = [graph.outputs.get(output)!];
  const parameterAt = (id: NodeId | undefined): string | null => {
    const node: Node | undefined = id === undefined ? undefined : graph.nodes[id];
    return node?.op === "parameter" ? node.attributes.name : null;
  };
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = graph.nodes[id]!;
    if (node.op === "add") waiting.push(...node.inputs);
    const name = node.op === "matmul" ? parameterAt(node.inputs[1]) : parameterAt(id);
    if (name !== null) names.add(name);
  }
  return names;
}
