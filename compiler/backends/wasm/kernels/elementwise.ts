// Twins of the elementwise kernels (compiler/serve/kernels/elementwise.ts). Most elementwise ops are fused
// (fuse.ts); these twins serve single ops in a loop over time.

import type { KernelName } from "../../../serve/kernels.ts";
import type { FunctionBuilder } from "../../code/builder.ts";
import type { I32, V128 } from "../../code/code.ts";
import { i32 } from "../../code/expressions.ts";
import type { WasmKernel } from "../kernel.ts";
import { addressAt, eachVector, eachVectorOf, load, loadSplat, save } from "../vectors.ts";
import { constantWidth } from "./rows.ts";

type OneOperand = Extract<
  KernelName,
  "negate" | "exp" | "log" | "sqrt" | "sin" | "cos" | "sigmoid" | "tanh" | "relu" | "step" | "softplus"
>;
type TwoOperands = Extract<
  KernelName,
  "add" | "subtract" | "multiply" | "divide" | "maximum" | "equal" | "greater"
>;

export function one(compute: (f: FunctionBuilder, x: V128) => V128): WasmKernel<OneOperand> {
  return (f, out, x, count) =>
    eachVectorOf(f, count, (offset) => {
      const [from, to] = [addressAt(x, offset), addressAt(out, offset)];
      save(f, to, compute(f, f.local(load(from))), 4);
    });
}

export function two(compute: (f: FunctionBuilder, x: V128, y: V128) => V128): WasmKernel<TwoOperands> {
  return (f, out, x, y, rows, lead, width, xByRow, xByColumn, yByRow, yByColumn) =>
    spreadOver(
      f,
      { out, rows, lead: constantWidth(lead), width: constantWidth(width) },
      [
        { base: x, byRow: xByRow, byColumn: xByColumn },
        { base: y, byRow: yByRow, byColumn: yByColumn },
      ],
      ([a, b]) => compute(f, a!, b!),
    );
}

export function three(
  compute: (f: FunctionBuilder, x: V128, y: V128, z: V128) => V128,
): WasmKernel<"choose"> {
  return (f, out, x, y, z, rows, lead, width, xByRow, xByColumn, yByRow, yByColumn, zByRow, zByColumn) =>
    spreadOver(
      f,
      { out, rows, lead: constantWidth(lead), width: constantWidth(width) },
      [
        { base: x, byRow: xByRow, byColumn: xByColumn },
        { base: y, byRow: yByRow, byColumn: yByColumn },
        { base: z, byRow: zByRow, byColumn: zByColumn },
      ],
      ([a, b, c]) => compute(f, a!, b!, c!),
    );
}

export const broadcastLike: WasmKernel<"broadcastLike"> = (f, out, x, rows, lead, width, xByRow, xByColumn) =>
  spreadOver(
    f,
    { out, rows, lead: constantWidth(lead), width: constantWidth(width) },
    [{ base: x, byRow: xByRow, byColumn: xByColumn }],
    ([value]) => value!,
  );

interface Operand {
  readonly base: I32;
  readonly byRow: boolean;
  readonly byColumn: boolean;
}

function spreadOver(
  f: FunctionBuilder,
  { out, rows, lead, width }: { out: I32; rows: I32; lead: number; width: number },
  operands: readonly Operand[],
  compute: (values: readonly V128[]) => V128,
): void {
  const to = f.local(out);
  const from = operands.map(({ base }) => f.local(base));
  f.repeat(rows, () => {
    for (const [i, { base, byRow }] of operands.entries()) if (!byRow) f.set(from[i]!, base);
    f.repeat(i32.const(lead), () => {
      eachVector(f, width, (offset, lanes) => {
        const values = operands.map(({ byColumn }, i) =>
          f.local(byColumn ? load(addressAt(from[i]!, offset)) : loadSplat(addressAt(from[i]!))),
        );
        save(f, addressAt(to, offset), compute(values), lanes);
      });
      for (const [i, { byColumn }] of operands.entries()) f.advance(from[i]!, byColumn ? 4 * width : 4);
      f.advance(to, 4 * width);
    });
  });
}
