// PyTorch lowerings of ops on dims: products with weights, concatenation and slices.

import type { Operand, TorchEmitter, TorchLowerings } from "../lowering.ts";
import { firstAxis } from "../lowering.ts";
import { binding, call, list, method, type Python, within } from "../python.ts";

export const widths = {
  matmul: (emit, [x, w], { attributes: { transpose } }) => ({
    piece: `${within(emit.tensor(x!, w!), binding.product)} @ ${within(w!, binding.atom)}${transpose ? ".T" : ""}`,
    binds: binding.product,
  }),
  contract_rows: "of gradients",
  concat: (emit, inputs, { attributes: { dim }, output: { dims } }) => {
    const axis = dim - dims.length;
    const [rows] = inputs.filter(({ type }) => type.rows.kind !== "once");
    const beside = rows ?? inputs.find((each) => each.constant === null);
    const tensors = inputs.map((x) =>
      beside === undefined ? emit.tensor(x, emit.some()) : withRows(emit, x, beside),
    );
    return call("torch.cat", list(...tensors), String(axis));
  },
  slice: (_emit, [x], { attributes: { dim, from, to }, inputs: [type] }) => {
    if (dim === type!.dims.length - 1) {
      const [start, end] = [from === 0 ? "" : from, to === type!.dims[dim] ? "" : to];
      return { piece: `${within(x!, binding.atom)}[..., ${start}:${end}]`, binds: binding.atom };
    }
    return method(x!, "narrow", String(firstAxis(type!) + dim), String(from), String(to - from));
  },
  pad: "of gradients",
  reshape: (_emit, [x], { attributes: { dims }, inputs: [type] }) => {
    const rows = firstAxis(type!) === 0 ? [] : ["-1"];
    return method(x!, "reshape", ...rows, ...dims.map(String));
  },
  sum_width: (_emit, [x]) => method(x!, "sum", "-1", "keepdim=True"),
} satisfies Partial<TorchLowerings>;

/** Repeats a value known once for each row of `beside`. */
function withRows(emit: TorchEmitter, x: Operand, beside: Operand): Python {
  const tensor = emit.tensor(x, beside);
  if (x.type.rows.kind !== "once" || beside.type.rows.kind === "once") return tensor;
  const rows = `len(${within(emit.named(beside), binding.sum)})`;
  return method(tensor, "expand", rows, ...x.type.dims.map(() => "-1"));
}
