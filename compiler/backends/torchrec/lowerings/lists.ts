// PyTorch lowerings of ops on lists, whose items are the first of the dims.

import { firstAxis, type TorchLowerings } from "../lowering.ts";
import { binding, list, method, within } from "../python.ts";

export const lists = {
  broadcast_list: (_emit, [x], { attributes: { times }, inputs: [type] }) => {
    const at = firstAxis(type!);
    const sizes = [...(at === 0 ? [] : ["-1"]), String(times), ...type!.dims.map(() => "-1")];
    return method(method(x!, "unsqueeze", String(at)), "expand", ...sizes);
  },
  sum_list: (_emit, [x], { inputs: [type] }) => method(x!, "sum", String(firstAxis(type!))),
  max_list: (_emit, [x], { inputs: [type] }) => method(x!, "amax", String(firstAxis(type!))),
  softmax_list: (_emit, [x], { inputs: [type] }) => method(x!, "softmax", String(firstAxis(type!))),
  gather_list: (_emit, [x], { attributes: { indices }, inputs: [type] }) => {
    const rows = firstAxis(type!) === 0 ? [] : [":"];
    const from = indices[0]!;
    const isRange = indices.every((index, i) => index === from + i);
    const places = isRange ? `${from}:${from + indices.length}` : list(...runs(indices));
    const piece = { open: `${within(x!, binding.atom)}[`, items: [...rows, places], close: "]" };
    return { piece, binds: binding.atom };
  },
  scatter_list: "of gradients",
  transpose: (_emit, [x]) => method(x!, "transpose", "-1", "-2"),
} satisfies Partial<TorchLowerings>;

/** Writes long lists as runs: `*range(1, 6)`, `*[0] * 5`. */
function runs(indices: readonly number[]): string[] {
  if (indices.length <= 8) return indices.map(String);
  const items: string[] = [];
  for (let i = 0; i < indices.length; ) {
    const step = indices[i + 1] === indices[i] ? 0 : 1;
    let end = i + 1;
    while (end < indices.length && indices[end] === indices[end - 1]! + step) end++;
    const count = end - i;
    if (count <= 2) items.push(...indices.slice(i, (end = i + 1)).map(String));
    else
      items.push(
        step === 0
          ? `*[${indices[i]}] * ${count}`
          : `*range(${indices[i] === 0 ? "" : `${indices[i]}, `}${indices[end - 1]! + 1})`,
      );
    i = end;
  }
  return items;
}
