// PyTorch lowerings of ops on the steps of histories.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import type { Operand, TorchEmitter, TorchLowering, TorchLowerings } from "../lowering.ts";
import { atom, call, method, type Python, quoted } from "../python.ts";

export const steps = {
  repeat: (emit, [x], { attributes: { history } }) =>
    call(emit.function("ops", "repeat"), x!, emit.steps(history)),
  sum_steps: ofOwnSteps("sum_steps"),
  max_steps: ofOwnSteps("max_steps"),
  softmax_steps: ofOwnSteps("softmax_steps"),
  last_step: ofOwnSteps("last_step"),
  count_steps: (emit, _inputs, { attributes: { history } }) =>
    call(emit.function("ops", "count_steps"), emit.steps(history)),
  count_elements: (emit, [rowOf]) => call(emit.function("ops", "count_steps"), rowOf!),
  scatter_last_step: (emit, [x], { attributes: { history } }) =>
    call(emit.function("ops", "scatter_last_step"), x!, emit.steps(history)),
  resize_steps: (emit, [x], { attributes: { history, keep }, inputs: [type] }) => {
    const own = emit.steps(stepsOf(type!).history);
    return call(emit.function("ops", "resize_steps"), x!, own, emit.steps(history), quoted(keep));
  },
  gather_positions: (emit, [vectors], { attributes: { history } }) =>
    call(emit.function("ops", "gather_positions"), vectors!, emit.steps(history)),
  select_steps: (emit, [x], { attributes: { count }, inputs: [type] }) =>
    call(emit.function("ops", "select_steps"), x!, emit.steps(stepsOf(type!).history), String(count)),
  gather_steps: (emit, [x, places], { inputs: [type] }) =>
    call(emit.function("ops", "gather_steps"), x!, places!, emit.steps(stepsOf(type!).history)),
  scatter_steps: (emit, [x, places], { attributes: { history } }) =>
    call(emit.function("ops", "scatter_steps"), x!, places!, emit.steps(history)),
  scatter_positions: "of gradients",
  sort_steps: (emit, [x, keys], { attributes: { inverse }, inputs: [type] }) => {
    const own = emit.steps(stepsOf(type!).history);
    const option = inverse ? ["inverse=True"] : [];
    return call(emit.function("ops", "sort_steps"), x!, keys!, own, ...option);
  },
  shift_steps: (emit, [x, end], { attributes: { reverse }, inputs: [type] }) => {
    const own = emit.steps(stepsOf(type!).history);
    const outside = emit.tensor(end!, x!);
    return call(emit.function("ops", "shift_steps"), x!, outside, own, ...(reverse ? ["reverse=True"] : []));
  },
  scan: (emit, inputs, { attributes, inputs: types }) => {
    const own = emit.steps(attributes.history);
    // The cell reads values that are the same in all steps from outside, unless they differ by row.
    const changing = types.flatMap(({ rows }, i) => (i > 0 && rows.kind !== "once" ? [i] : []));
    const given = changing.map((i) =>
      types[i]!.rows.kind === "steps" ? inputs[i]! : call(emit.function("ops", "repeat"), inputs[i]!, own),
    );
    const like = inputs[changing.find((i) => types[i]!.rows.kind === "steps")!]!;
    return call(
      emit.function("recurrence", "scan"),
      emit.cell(attributes, inputs, changing),
      startOf(emit, inputs[0]!, like, own),
      { open: "[", items: given.map(({ piece }) => piece), close: "]" },
      own,
      ...(attributes.reverse ? ["reverse=True"] : []),
    );
  },
} satisfies Partial<TorchLowerings>;

/** The first state, for each row. */
function startOf(emit: TorchEmitter, start: Operand, like: Operand, steps: string): Python {
  if (start.type.rows.kind !== "once") return start;
  const sizes = start.type.dims.map(() => "-1");
  return method(emit.tensor(start, like), "expand", `len(${steps}.lengths)`, ...sizes);
}

function ofOwnSteps(name: string): TorchLowering<NoAttributes> {
  return (emit, [x], { inputs: [type] }) =>
    call(emit.function("ops", name), x!, atom(emit.steps(stepsOf(type!).history)));
}
