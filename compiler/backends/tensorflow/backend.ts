import type { BackendDefinition, TrainingEngine } from "../contract/backend.ts";
import type { LoadModule } from "./loaded-module.ts";

/**
 * A batch's rows are computed in two parts side by side, each op on half of the cores: on two cores, a step
 * of DIN takes 0.7 to 0.8 of the time of one part. The number is the same on every machine, because rounding
 * depends on it.
 */
const PARTS = 2;

/**
 * Native code with vectors of 512 bits is ahead for large products: DeepFM (39 fields, layers of 400) 56,100 rows a second,
 * TensorFlow 44,200; DCNv2 23,300 and 22,700; MaskNet 21,400 and 19,700 (`npm run bench -- criteo`, 2026-12-01).
 */
const LANES_OF_TENSORFLOW = 16;

const node = {
  name: "node",
  how: "one graph a step",
  fastest: {
    of: async (step, { lanes }) =>
      (await import("./large-products.ts")).hasLargeProducts(step) && lanes() < LANES_OF_TENSORFLOW,
    because: "the model's matrix products are large, and no C compiler makes vectors of 512 bits here",
  },
  needs: "tensorflow",
  parts: PARTS,
  open: async (load, program, initial) =>
    (await import("./session.ts")).openSession(load, program, initial, PARTS),
} as const satisfies TrainingEngine<LoadModule>;

/** Native TensorFlow, which is part of tfjs-node. */
export const tensorflow = {
  doc: "A GraphDef, which native TensorFlow (tfjs-node) runs as a whole: one session run per step.",
  engines: [node],
  target: null,
} as const satisfies BackendDefinition;
