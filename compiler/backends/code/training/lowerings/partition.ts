// Softmax denominators over all rows of a table or of the batch, and their gradients.

import { ONCE, type TensorType } from "../../../../middle/graph/types.ts";
import { logPartition, logPartitionGradient, partitionScratch } from "../../kernels/partition.ts";
import type { NodeScratch, OpSite, SiteLowerings } from "../lowering.ts";

export const partition = {
  log_partition: (site, { inputs: [x, keys] }) =>
    logPartition(site.f, {
      ...{ out: site.output, width: x!.dims[0]!, scratch: site.scratch(0) },
      x: own(site, 0, x!),
      keys: all(site, 1, keys!),
    }),
  log_partition_gradient: (site, { attributes: { of }, inputs: [x, keys] }) => {
    const common = { out: site.output, width: x!.dims[0]!, scratch: site.scratch(0), of };
    logPartitionGradient(
      site.f,
      of === "x"
        ? { ...common, x: own(site, 0, x!), keys: all(site, 1, keys!), z: site.input(2), dy: site.input(3) }
        : { ...common, x: all(site, 0, x!), keys: own(site, 1, keys!), z: site.whole(2), dy: site.whole(3) },
    );
  },
} satisfies Partial<SiteLowerings>;

const own = (site: OpSite, place: number, { rows }: TensorType) => ({
  at: site.input(place),
  count: site.count(rows),
});

const all = (site: OpSite, place: number, { rows }: TensorType) => ({
  at: site.whole(place),
  count: site.countOfAll(rows),
});

/** One for the thread, whichever rows it computes. */
export function scratchOfPartition([x]: readonly TensorType[]): NodeScratch[] {
  return [{ rows: ONCE, bytes: partitionScratch(x!.dims[0]!) }];
}
