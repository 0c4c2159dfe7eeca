// The gradient of a recurrence h_t = f(h_t−1, x_t), in two parts. The gradient of h_t is dy_t plus what step
// t + 1 passes back, so a scan in the other direction computes it for all steps; its body is the derivative
// of f by the state alone. Given these gradients, the derivatives of f by all other inputs are computed once,
// over all steps at a time.

import { invariant } from "../../../common/internal-error.ts";
import type { ScanAttributes } from "../../graph/attributes.ts";
import { copyInto } from "../../graph/copy.ts";
import type { GradientContext, OpTable } from "../../graph/define-op.ts";
import type { Graph, NodeBuilder, NodeId } from "../../graph/graph.ts";
import type { TensorType } from "../../graph/types.ts";
import { addScan } from "./add-scan.ts";
import { endOfSteps } from "./gradients.ts";
import { runBody } from "./scan-body.ts";

/** Gradients by the op's inputs; null for inputs that the body does not read. */
export function scanGradient(
  context: GradientContext<ScanAttributes>,
  ops: OpTable,
): readonly (NodeId | null)[] {
  const { graph, attributes, inputs, inputIds, outputId, output, gradient, differentiation } = context;
  const { pullBack } = differentiation;
  const { body, history, reverse } = attributes;
  // Uses a separate Graph, so that the derivative of f ends at the previous states, which depend on f
  // themselves.
  const scratch = differentiation.scratch();
  const outer = new Map<NodeId, NodeId>();
  const source = (name: string, type: TensorType, stands: NodeId | null): NodeId => {
    const id = scratch.add("input", [], { name, type, role: { kind: "body", of: name } });
    if (stands !== null) outer.set(id, stands);
    return id;
  };
  const previous = graph.add("shift_steps", [outputId, inputIds[0]!], { reverse });
  const before = source("before", output, previous);
  const dy = source("dy", output, gradient);
  const operands = inputIds.slice(1).map((id, i) => source(`operand ${i}`, inputs[i + 1]!, id));
  const overSteps = operands.map((id) =>
    scratch.typeOf(id).rows.kind === "each" ? scratch.add("repeat", [id], { history }) : id,
  );
  const next = runBody(ops, body, [before, ...overSteps], ({ op, attributes: own }, ids) =>
    scratch.add(op, ids, own),
  );

  const zeros = scratch.add("constant", [], { value: 0, dims: output.dims });
  const fromLater = source("passed back", output, null);
  const reaching = (later: NodeId) => scratch.add("add", [dy, later], {});
  const passedBack = addScan(scratch, {
    state: fromLater,
    next: pullBack(scratch, next, reaching(fromLater), [before]).get(before)!,
    start: zeros,
    like: dy,
    reverse: !reverse,
  });
  const total = reaching(scratch.add("shift_steps", [passedBack, zeros], { reverse: !reverse }));
  const byOperand = pullBack(scratch, next, total, operands);
  const wanted = [
    endOfSteps(scratch, passedBack, inputs[0]!, reverse),
    ...operands.map((id, i) => (isRead(attributes, i + 1) ? byOperand.get(id)! : null)),
  ];
  const copy = copyNeeded(graph, scratch, outer, wanted);
  return wanted.map((id) => (id === null ? null : copy(id)));
}

function isRead({ body }: ScanAttributes, input: number): boolean {
  return body.nodes.some((node) => node.inputs.includes(input)) || body.result === input;
}

/** Copies the nodes that `wanted` needs from `scratch`, and replaces its sources. */
function copyNeeded(
  graph: NodeBuilder,
  scratch: NodeBuilder & { finish(): Graph },
  outer: ReadonlyMap<NodeId, NodeId>,
  wanted: readonly (NodeId | null)[],
): (id: NodeId) => NodeId {
  const { nodes } = scratch.finish();
  const needed = new Set(wanted);
  for (const node of nodes.toReversed())
    if (needed.has(node.id)) for (const input of node.inputs) needed.add(input);
  return copyInto(
    graph,
    nodes.filter(({ id }) => needed.has(id)),
    ({ id, op }) => {
      if (op !== "input") return null;
      const stands = outer.get(id);
      invariant(stands !== undefined, "what a scan passes back is left in its gradient");
      return stands;
    },
  );
}
