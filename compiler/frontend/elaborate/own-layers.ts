// Layers of a spec, with their weights. These are made at a layer's first call and named after it; every
// later call reads them again. Values of a single call, such as batch statistics, are named after the call:
// `net.tower`, `net.tower_2`.

import type { Span } from "../../common/source-file.ts";
import { layerWidths } from "../../diagnostics/catalog/layers.ts";
import type { Expression } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { type Dim, equalDims, printDim } from "../values/dims.ts";
import type { DeclaredLayer, Elaboration } from "../values/values.ts";
import type { Path } from "./path.ts";

/** A layer where it is declared, in the net or in one use of a block. */
export class OwnLayer implements DeclaredLayer {
  readonly name: DeclaredLayer["name"];
  readonly value: Expression;
  readonly environment: DeclaredLayer["environment"];
  /** Names that are defined below it. */
  readonly later: ReadonlyMap<string, Span>;
  /** The number of layers declared before it. */
  readonly index: number;
  /** The path of its declaration. */
  private readonly home: Path;
  /** The path of its first call, which names its weights. */
  private readonly first: Path;
  private calls = 0;
  /** The dims of each weight, and the call that made it. */
  private readonly weights = new Map<string, { readonly dims: readonly Dim[]; readonly call: Span }>();

  constructor(
    { name, value, environment }: DeclaredLayer,
    later: ReadonlyMap<string, Span>,
    home: Path,
    index: number,
  ) {
    this.name = name;
    this.value = value;
    this.environment = environment;
    this.later = later;
    this.home = home;
    this.index = index;
    this.first = home.child(name.name);
  }

  call(span: Span): LayerCall {
    const path = this.calls++ === 0 ? this.first : this.home.child(this.name.name);
    return { layer: this, path, from: path.prefix, to: this.first.prefix, span, differs: false };
  }

  /** Returns false, reported once per call, if the weight `name` was made with other dims. */
  takes(walk: Elaboration, call: LayerCall, name: string, dims: readonly Dim[]): boolean {
    const known = this.weights.get(name);
    if (known === undefined) {
      this.weights.set(name, { dims, call: call.span });
      return true;
    }
    const odd = known.dims.findIndex((dim, i) => dims[i] === undefined || !equalDims(dim, dims[i]));
    if (odd < 0) return true;
    if (!call.differs) {
      const [first, now] = [known.dims, dims].map((each) =>
        each[odd] === undefined ? "none" : printDim(each[odd]),
      );
      const positions = odd === 0 && OF_POSITIONS.test(name);
      walk.report(layerWidths, { name: this.name.name, first: first!, now: now!, positions }, call.span, {
        related: [at(known.call, "its weights are made here"), at(this.name.span, "declared here")],
      });
    }
    call.differs = true;
    return false;
  }
}

/** The end of the name of `position`'s weights, which have a row for each position. */
const OF_POSITIONS = /\.position_\d+\.vectors$/;

export interface LayerCall {
  readonly layer: OwnLayer;
  readonly path: Path;
  /** In this call, `from` is replaced: `net.tower_2` for `net.tower`. */
  readonly from: string;
  readonly to: string;
  readonly span: Span;
  /** True if a weight of other dims was reported. */
  differs: boolean;
}

/** The name of a weight after the first call of each layer in `calls`, the outermost first. */
export function sharedName(calls: readonly LayerCall[], name: string): string {
  let shared = name;
  for (const { from, to } of calls.toReversed())
    if (shared.startsWith(`${from}.`)) shared = to + shared.slice(from.length);
  return shared;
}
