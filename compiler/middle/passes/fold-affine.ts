// Merges chains that scale and shift a value by numbers known with the weights, such as an inference-mode
// batch norm or the gate of Dice, into one product and one sum. Values that depend on weights alone are
// computed when the weights are loaded.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { sameDims, sameType } from "../ops/support/shapes.ts";

/** base · scale + shift; scale and shift are known once, and null if absent. */
interface Affine {
  readonly base: NodeId;
  readonly scale: NodeId | null;
  readonly shift: NodeId | null;
}

/** Chains of `add`, `subtract`, `multiply` and `divide` by values known once become x · a + b. */
export function foldAffine(graph: Graph): Graph {
  const uses = new Map<NodeId, number>();
  const count = (id: NodeId) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { inputs } of graph.nodes) inputs.forEach(count);
  for (const id of [...graph.outputs.values(), ...graph.updates.values()]) count(id);
  /** By node of the new Graph. */
  const forms = new Map<NodeId, Affine>();
  return rewrite(graph, (node, inputs, builder) => {
    const varying = inputs.findIndex((id) => builder.typeOf(id).rows.kind !== "once");
    const [x, other] = [inputs[varying], inputs[1 - varying]];
    if (x === undefined || other === undefined || inputs.length !== 2) return null;
    if (builder.typeOf(other).rows.kind !== "once") return null;
    if (!sameDims(builder.typeOf(x).dims, node.type.dims)) return null;
    // A value with another reader must be kept as it is, so it ends a chain.
    const isLink = uses.get(node.inputs[varying]!) === 1;
    const before = (isLink ? forms.get(x) : undefined) ?? { base: x, scale: null, shift: null };
    const form = composed(builder, node, before, other, varying === 0);
    if (form === null) return null;
    const result = emit(builder, node, form);
    if (!sameType(builder.typeOf(result), node.type)) return null;
    forms.set(result, form);
    return result;
  });
}

function composed(
  builder: GraphBuilder,
  { op, origin }: Node,
  { base, scale, shift }: Affine,
  other: NodeId,
  isFirst: boolean,
): Affine | null {
  const add = (name: "add" | "subtract" | "multiply" | "divide", x: NodeId, y: NodeId) =>
    builder.add(name, [x, y], {}, origin);
  const negated = (x: NodeId) => builder.add("negate", [x], {}, origin);
  switch (op) {
    case "add":
      return { base, scale, shift: shift === null ? other : add("add", shift, other) };
    case "subtract":
      // After a minus, the value would need a scale of −1, which exists nowhere.
      if (!isFirst) return null;
      return { base, scale, shift: shift === null ? negated(other) : add("subtract", shift, other) };
    case "multiply":
    case "divide": {
      if (op === "divide" && !isFirst) return null;
      const one = () => builder.add("constant", [], { value: 1, dims: builder.typeOf(other).dims }, origin);
      const alone = op === "multiply" ? other : add("divide", one(), other);
      return {
        base,
        scale: scale === null ? alone : add(op, scale, other),
        shift: shift === null ? null : add(op, shift, other),
      };
    }
    default:
      return null;
  }
}

function emit(builder: GraphBuilder, { origin }: Node, { base, scale, shift }: Affine): NodeId {
  const scaled = scale === null ? base : builder.add("multiply", [base, scale], {}, origin);
  return shift === null ? scaled : builder.add("add", [scaled, shift], {}, origin);
}
