// `dinc predict` and `dinc eval` on rows of Amazon Beauty by the DIN paper's protocol, by each engine: the rows as `dinc prepare`
// wrote them, so that reading costs little. Needs BEAUTY (default ../shared/data/amazon-beauty).
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn, finished } from "./dinc.mjs";
import { engines } from "./engines.mjs";
import { ratio, shown } from "./statistics.mjs";

const ROWS = 307_552;

export async function score(root, { small = false } = {}) {
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## score\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const rounds = small ? 1 : 3;
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const at = (name) => join(folder, name);
    const dinc = join(root, "bin", "dinc.js");
    const own = (command, ...args) => [dinc, command, ...args];
    const some = small ? ["--limit", "2000"] : [];
    const log = ["-c", join(root, "examples", "amazon-beauty", "dinc.yaml"), "--set", `data.dir=${data}`];
    execFileSync(process.execPath, own("prepare", ...log, ...some, "--out", at("rows")), {
      stdio: "ignore",
    });
    const train = ["--rows", at("rows"), "--set", "train.epochs=1", "--out", at("run")];
    execFileSync(process.execPath, own("train", ...log, ...train), { stdio: "ignore" });
    const split = ["--rows", at("rows"), "--split", "train"];
    const commands = [
      ["eval", own("eval", at("run"), ...split)],
      ["predict", own("predict", at("run"), ...split, "--out", at("scores.parquet"))],
    ];
    const arms = commands.flatMap(([name, args]) =>
      [engines.native, engines.wasm, engines.node].map((engine) => ({
        command: name,
        engine: engine.name,
        run: () => {
          rmSync(at("scores.parquet"), { force: true });
          return finished([...args, ...engine.args]);
        },
      })),
    );
    // Compiles native code.
    for (const { run } of arms) await run();
    const measured = arms.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [a, { run }] of arms.entries()) {
        const started = performance.now();
        const { cpu } = await run();
        measured[a].push({ speed: (1000 * ROWS) / (performance.now() - started), cpu: (cpu / ROWS) * 1e6 });
      }
    const speeds = (a) => measured[a].map(({ speed }) => speed);
    return [
      "## score",
      "",
      `The whole command for ${ROWS.toLocaleString("en-US")} prepared rows of DIN on Amazon Beauty, two threads, ${rounds} rounds.`,
      "",
      "| | | rows/s | first row of the command ÷ this | processor seconds a million rows |",
      "|---|---|---|---|---|",
      ...arms.map(({ command, engine }, a) => {
        const first = arms.findIndex((arm) => arm.command === command);
        const cells = [
          a === first ? `\`dinc ${command}\`` : "",
          engine,
          shown(speeds(a)),
          ratio(speeds(first), speeds(a)).toFixed(2),
          shown(
            measured[a].map(({ cpu }) => cpu),
            1,
          ),
        ];
        return `| ${cells.join(" | ")} |`;
      }),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
