// Layers over long histories: `facing` with a sum of weighted values (by SiLU as in HSTU, or by softmax), `causal_attention`,
// and PyTorch's scaled_dot_product_attention where it is installed (TORCH, a Python with torch). Each runs in a process of
// its own, in turns, in one thread of WebAssembly; what is compared is the processor time of a sample, and the most memory.
import { median, shown } from "../statistics.mjs";
import { measured } from "./measured.mjs";
import { models } from "./models.mjs";

const STEPS = [50, 200, 512, 1024, 2048];
const kinds = ["causal_attention", "facing, SiLU", "facing, softmax"];

export async function long(root, { small = false } = {}) {
  const rounds = small ? 1 : 3;
  const torch = process.env.TORCH;
  const contestants = [
    ...kinds.map((kind) => ({
      name: kind,
      run: (...sizes) => measured(process.execPath, "step.mjs", root, kind, ...sizes),
    })),
    ...(torch === undefined
      ? []
      : [
          {
            name: "PyTorch, scaled_dot_product_attention",
            run: (...sizes) => measured(torch, "sdpa.py", ...sizes),
          },
        ]),
  ];
  const lines = [];
  for (const steps of small ? STEPS.slice(0, 1) : STEPS) {
    const rows = Math.floor(4096 / steps);
    const found = contestants.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, { run }] of contestants.entries()) found[i].push(run(steps, rows, small ? 1 : 6));
    const first = median(found[0].map(({ milliseconds }) => milliseconds));
    for (const [i, { name }] of contestants.entries()) {
      const times = found[i].map(({ milliseconds }) => milliseconds);
      const megabytes = Math.max(...found[i].map((each) => each.megabytes));
      lines.push(
        `| ${i === 0 ? steps : ""} | ${name} | ${shown(times, 2)} | ${(median(times) / first).toFixed(2)} | ${megabytes} |`,
      );
    }
  }
  return [
    "## long",
    "",
    `One layer of width 32 over all steps of a history, with its gradients, ${rounds} rounds. Memory is the whole process's.`,
    "",
    "| steps | | processor ms a sample | ÷ causal_attention | MB at most |",
    "|---|---|---|---|---|",
    ...lines,
    "",
    models(root, { small }),
  ].join("\n");
}
