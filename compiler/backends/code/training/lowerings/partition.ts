// Softmax denominators over all rows of a table or of the batch, and their gradients.

import { ONCE, type TensorType } from "../../../../middle/graph/types.ts";
import type { I32 } from "../../code.ts";
import { i32 } from "../../expressions.ts";
import { logPartition, logPartitionGradient, partitionScratch } from "../../kernels/partition.ts";
import { BYTES } from "../../vectors.ts";
import type { NodeScratch, OpSite, SiteLowerings } from "../lowering.ts";

export const partition = {
  log_partition: (site, { inputs: [x, keys, bias] }) =>
    logPartition(site.f, {
      ...{ out: site.output, width: x!.dims[0]!, scratch: site.scratch(0) },
      x: { at: site.input(0), count: site.count(x!.rows) },
      keys: all(site, 1, keys!),
      bias: bias === undefined ? null : site.whole(2),
    }),
  log_partition_gradient: (site, { attributes: { of }, inputs: [x, keys, , , bias], output }) => {
    const width = x!.dims[0]!;
    const common = { out: site.output, width, scratch: site.scratch(0), of };
    const biases = bias === undefined ? null : site.whole(4);
    if (of === "x") {
      const own = { at: site.input(0), count: site.count(x!.rows) };
      const byRow = { z: site.input(2), dy: site.input(3) };
      logPartitionGradient(site.f, { ...common, ...byRow, x: own, keys: all(site, 1, keys!), bias: biases });
      return;
    }
    // The keys of the rows of the result, which may be those of another table.
    const first = site.firstRow(output.rows);
    const at = of === "keys" ? site.input(1) : rowAt(site.whole(1), first, width);
    logPartitionGradient(site.f, {
      ...{ ...common, z: site.whole(2), dy: site.whole(3), x: all(site, 0, x!) },
      keys: { at, count: site.count(output.rows) },
      bias: biases === null ? null : rowAt(biases, first, 1),
    });
  },
} satisfies Partial<SiteLowerings>;

const rowAt = (base: I32, row: I32, width: number) => i32.add(base, i32.mul(row, i32.const(BYTES * width)));

const all = (site: OpSite, place: number, { rows }: TensorType) => ({
  at: site.whole(place),
  count: site.countOfAll(rows),
});

/** One for the thread, whichever rows it computes. */
export function scratchOfPartition([x]: readonly TensorType[]): NodeScratch[] {
  return [{ rows: ONCE, bytes: partitionScratch(x!.dims[0]!) }];
}
