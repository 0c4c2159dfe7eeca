// PyTorch lowerings of attention.

import type { TensorType } from "../../../middle/graph/types.ts";
import type { TorchEmitter, TorchLowerings } from "../lowering.ts";
import { call, float } from "../python.ts";

export const attention = {
  attention: (emit, [queries, keys, values], { attributes: { heads, scale, causal }, inputs }) => {
    const [ofQueries, ofKeys] = [stepsIn(emit, inputs[0]!), stepsIn(emit, inputs[1]!)];
    return call(
      emit.function("ops", "attention"),
      queries!,
      keys!,
      values!,
      ...(ofQueries === null ? [] : [ofQueries]),
      ...(ofKeys === null ? [] : [ofQueries === null ? `key_steps=${ofKeys}` : ofKeys]),
      `heads=${heads}`,
      `scale=${float(scale)}`,
      ...(causal ? ["causal=True"] : []),
    );
  },
  attention_gradient: "of gradients",
} satisfies Partial<TorchLowerings>;

/** The steps that are the positions; null if these are a list. */
function stepsIn(emit: TorchEmitter, { rows, dims }: TensorType): string | null {
  return dims.length === 2 || rows.kind !== "steps" ? null : emit.steps(rows.history);
}
