// The engines that train: C compiled for this processor and for one without AVX-512, WebAssembly, TensorFlow. The C is
// compiled before anything is timed, so every figure is that of a second training.
import { availableParallelism } from "node:os";
import { train } from "./dinc.mjs";
import { ratio, shown } from "./statistics.mjs";

const threads = ["--threads", String(Math.min(2, availableParallelism()))];

/** Arguments of `dinc train`, and what is added to its environment. */
export const engines = {
  native: { name: "dinc, native", args: ["--backend", "native", ...threads] },
  avx2: {
    name: "dinc, native, AVX2 alone",
    args: ["--backend", "native", ...threads],
    env: { CC: "clang -mno-avx512f" },
  },
  nativeAlone: { name: "dinc, native, one thread", args: ["--backend", "native", "--threads", "1"] },
  wasm: { name: "dinc, wasm", args: ["--backend", "wasm", ...threads] },
  wasmAlone: { name: "dinc, wasm, one thread", args: ["--backend", "wasm", "--threads", "1"] },
  node: { name: "dinc, tfjs-node", args: ["--backend", "node"] },
};

/**
 * Contestants that train by `args`. The library of native code is compiled by one epoch that isn't measured, as it
 * depends on the model, the batch and the vocabularies.
 */
export function contestants(root, chosen, args) {
  return chosen.map(({ name, args: own, env }) => ({
    name,
    prepare: async () => {
      if (own.includes("native")) await train(root, [...args, ...own, "--set", "train.epochs=1"], env);
    },
    run: async () => {
      const { lines, manifest, cpu } = await train(root, [...args, ...own], env);
      const { trainRows } = manifest.data;
      const cost = (cpu / (trainRows * lines.length)) * 1e6;
      return lines.map(({ train_seconds, auc }) => ({ speed: trainRows / train_seconds, auc, cpu: cost }));
    },
  }));
}

/** What is measured in turns: each contestant runs once in a round, and one that fails is left out from then on. */
export async function alternating(contestants, rounds) {
  const measured = new Map(contestants.map(({ name }) => [name, []]));
  const left = new Set(contestants.filter(({ run }) => run !== null));
  const attempt = async (contestant, work) => {
    try {
      await work();
    } catch (error) {
      // What the others measured is kept.
      console.error(`${contestant.name}: ${error.message}`);
      left.delete(contestant);
    }
  };
  for (const contestant of left) await attempt(contestant, async () => contestant.prepare?.());
  for (let round = 0; round < rounds; round++)
    for (const contestant of left)
      await attempt(contestant, async () => measured.get(contestant.name).push(...(await contestant.run())));
  return measured;
}

/** How many times as fast the first contestant that was measured is as each of them, by name. */
export function ratios(measured) {
  const speeds = (epochs) => epochs.map(({ speed }) => speed);
  const first = speeds([...measured.values()].find((epochs) => epochs.length > 0) ?? []);
  return new Map([...measured].map(([name, epochs]) => [name, ratio(first, speeds(epochs))]));
}

/** Rows of a table: name, samples a second, and how many times as fast the first contestant is. */
export function speedRows(measured) {
  const times = ratios(measured);
  return [...measured].map(([name, epochs]) => {
    const cells =
      epochs.length === 0
        ? ["not measured", ""]
        : [shown(epochs.map(({ speed }) => speed)), times.get(name).toFixed(2)];
    return `| ${[name, ...cells].join(" | ")} |`;
  });
}
