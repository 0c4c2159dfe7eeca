// Twins of the elementwise kernels (compiler/serve/kernels/elementwise.ts). Most elementwise ops are fused
// (fuse.ts); these twins serve single ops in a loop over time.

import { type CamelCase, kernelOf } from "../../serving/lowering.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, Vector } from "../code.ts";
import { i32 } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { type Lanes, lanes } from "../lanes.ts";
import { addressAt, eachVector, eachVectorOf, load, loadSplat, save } from "../vectors.ts";
import { constantWidth } from "./rows.ts";

/** The twins of the kernels of elementwise ops. */
export const twins = Object.fromEntries(
  Object.entries(lanes).map(([op, compute]) => [kernelOf(op as keyof typeof lanes), twinOf(compute)]),
) as { readonly [N in keyof typeof lanes as CamelCase<N>]: KernelTwin<CamelCase<N>> };

/**
 * A kernel of one operand has the parameters out, x, count. One that repeats its operands has out, the
 * operands, rows, lead, width, and two flags for each operand.
 */
function twinOf(compute: Lanes) {
  return (f: FunctionBuilder, out: I32, ...given: readonly (I32 | boolean)[]): void => {
    if (given.length === 2) {
      const [x, count] = given as [I32, I32];
      eachVectorOf(f, count, (offset, lanes) => {
        const [from, to] = [addressAt(x, offset), addressAt(out, offset)];
        save(f, to, compute(f, [f.local(load(from, lanes))]), lanes);
      });
      return;
    }
    const operands = (given.length - 3) / 3;
    const [rows, lead, width] = given.slice(operands, operands + 3) as [I32, I32, I32];
    const flags = given.slice(operands + 3) as boolean[];
    spreadOver(
      f,
      { out, rows, lead: constantWidth(lead), width: constantWidth(width) },
      (given.slice(0, operands) as I32[]).map((base, i) => ({
        ...{ base, byRow: flags[2 * i]!, byColumn: flags[2 * i + 1]! },
      })),
      (values) => compute(f, values),
    );
  };
}

interface Operand {
  readonly base: I32;
  readonly byRow: boolean;
  readonly byColumn: boolean;
}

function spreadOver(
  f: FunctionBuilder,
  { out, rows, lead, width }: { out: I32; rows: I32; lead: number; width: number },
  operands: readonly Operand[],
  compute: (values: readonly Vector[]) => Vector,
): void {
  const to = f.local(out);
  const from = operands.map(({ base }) => f.local(base));
  f.repeat(rows, () => {
    for (const [i, { base, byRow }] of operands.entries()) if (!byRow) f.set(from[i]!, base);
    f.repeat(i32.const(lead), () => {
      eachVector(f, width, (offset, lanes) => {
        const values = operands.map(({ byColumn }, i) =>
          f.local(byColumn ? load(addressAt(from[i]!, offset), lanes) : loadSplat(addressAt(from[i]!))),
        );
        save(f, addressAt(to, offset), compute(values), lanes);
      });
      for (const [i, { byColumn }] of operands.entries()) f.advance(from[i]!, byColumn ? 4 * width : 4);
      f.advance(to, 4 * width);
    });
  });
}
