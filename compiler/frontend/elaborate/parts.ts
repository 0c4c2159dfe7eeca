// Records which `let`, block or layer each node was made for, during a walk that builds nodes. Parts have the
// same paths as parameters.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { BlockItem } from "../syntax/nodes.ts";

/** The path of the whole network. */
export const NETWORK = "net";

export interface Part {
  /** `net.interest.activation_unit`, or for a layer `net.interest.activation_unit.dense_1`. */
  readonly path: string;
  /** A `let`, prediction or loss; the use of a block; the call of a function with a layer of its own. */
  readonly kind: "statement" | "block" | "layer";
  /** The name of the statement, the block or the function. */
  readonly name: string;
  /** Its text, which may be in the library. */
  readonly text: Span;
  /** Its location in the spec; for parts inside library blocks, the location that uses the block. */
  readonly span: Span;
  /** For a block: its item, and the nodes of its arguments by name. */
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

  /** Nodes are shared, so the first part that makes one keeps it. */
  made(node: NodeId, path: string): void {
    if (!this.paths.has(node)) this.paths.set(node, path);
  }

  /** Assigns all nodes from `first` to before `end` that belong to no inner part. */
  madeRest(first: number, end: number, path: string): void {
    for (let node = first; node < end; node++) this.made(node as NodeId, path);
  }

  /** Notes the spec's name of a node; the first name counts. */
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
