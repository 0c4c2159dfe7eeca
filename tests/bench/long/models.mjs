// Whole models of the zoo on long histories, beside the same networks in PyTorch where it is installed (TORCH): HSTU with pairs of
// all steps, SASRec and TransAct with scaled_dot_product_attention. Each runs in a process of its own, in one thread.
import { median, shown } from "../statistics.mjs";
import { measured } from "./measured.mjs";

const STEPS = [1024, 2048];
const names = ["hstu", "sasrec", "transact"];

export function models(root, { small = false } = {}) {
  const rounds = small ? 1 : 3;
  const torch = process.env.TORCH;
  const lines = [];
  for (const steps of small ? [64] : STEPS)
    for (const name of names) {
      const sizes = [name, steps, Math.floor(4096 / steps), small ? 1 : 3];
      const runs = [
        { by: "dinc", run: () => measured(process.execPath, "model-step.mjs", root, ...sizes) },
        ...(torch === undefined
          ? []
          : [{ by: "PyTorch", run: () => measured(torch, "models.py", ...sizes) }]),
      ];
      const found = runs.map(() => []);
      for (let round = 0; round < rounds; round++)
        for (const [i, { run }] of runs.entries()) found[i].push(run());
      const times = found.map((all) => all.map(({ milliseconds }) => milliseconds));
      for (const [i, { by }] of runs.entries()) {
        const megabytes = Math.max(...found[i].map((each) => each.megabytes));
        const share = (median(times[i]) / median(times[0])).toFixed(2);
        lines.push(`| ${name} | ${steps} | ${by} | ${shown(times[i], 1)} | ${share} | ${megabytes} |`);
      }
    }
  return [
    `Whole models of the zoo with the zoo's widths, in batches of 4,096 steps, ${rounds} rounds:`,
    "",
    "| model | steps | | processor ms a sample | ÷ dinc | MB at most |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
