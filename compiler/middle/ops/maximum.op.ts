// The larger of two values, number by number.

import { binary } from "./support/binary.ts";
import { scalar } from "./support/gradients.ts";

export const maximum = binary({
  name: "maximum",
  doc: "The larger of x and y; where they tie each gets half of the gradient. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  reference: Math.max,
  gradient: ({ graph, inputIds: [x, y], gradient }) => {
    const larger = graph.add("step", [graph.add("subtract", [x!, y!], {})], {});
    const tie = graph.add("equal", [x!, y!], {});
    const share = graph.add("add", [larger, graph.add("multiply", [tie, scalar(graph, 0.5, tie)], {})], {});
    const dx = graph.add("multiply", [gradient, share], {});
    return [dx, graph.add("subtract", [gradient, dx], {})];
  },
  range: [-2, 2],
  whole: true,
});
