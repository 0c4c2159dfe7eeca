// What a walk that builds nodes says of the parts of a network: which `let`, block or layer each node was
// made for. Parts have the paths that parameters are named by.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { BlockItem } from "../syntax/nodes.ts";

/** The path of the whole. */
export const NETWORK = "net";

export interface Part {
  /** `net.interest.activation_unit`, of a layer `net.interest.activation_unit.dense_1`. */
  readonly path: string;
  /** A `let`, prediction or loss; the use of a block; the call of a function with a layer of its own. */
  readonly kind: "statement" | "block" | "layer";
  /** Of the statement, the block or the function. */
  readonly name: string;
  /** Its text, which may be the library's. */
  readonly text: Span;
  /** Where it stands in the spec; of what the library's blocks use, where the spec uses those. */
  readonly span: Span;
  /** Of a block: itself, and the nodes that it was given by name. */
  readonly block: BlockItem | null;
  readonly given: ReadonlyMap<string, NodeId>;
}

export class Parts {
  readonly byPath = new Map<string, Part>();
  private readonly paths = new Map<NodeId, string>();
  private readonly names = new Map<NodeId, string>();

  add(part: Part): void {
    this.byPath.set(part.path, part);
  }

  /** Nodes are shared: the first part that makes one has it. */
  made(node: NodeId, path: string): void {
    if (!this.paths.has(node)) this.paths.set(node, path);
  }

  /** All nodes from `first` to before `end` that no part within has. */
  madeRest(first: number, end: number, path: string): void {
    for (let node = first; node < end; node++) this.made(node as NodeId, path);
  }

  /** What the spec calls it; the first name counts. */
  call(node: NodeId | null, name: string): void {
    if (node !== null && !this.names.has(node)) this.names.set(node, name);
  }

  pathOf(node: NodeId): string | undefined {
    return this.paths.get(node);
  }

  nameOf(node: NodeId): string | undefined {
    return this.names.get(node);
  }
}
