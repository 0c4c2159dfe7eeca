// An event of a session beside the whole user's part: `session.append` of a module of `--sessions append`, and `ranker.user`
// of the default module, which WebAssembly computes, with the longer history as columns. Histories have 1,000 steps; the window
// has room for 2,000, or is full.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile } from "dinc/node";
import { ratio, shown } from "./statistics.mjs";

const STEPS = 1000;
const IDS = 1000;
/** Attention without positions, which would move with each event. */
const CAUSAL = `model causal
features item { item_id : id  embed 16 }
history liked(max: 20) { item_id <-> hist_item_id }
label like : binary
net {
  let states   = fold(1..2, liked, (x, _) => x + causal_multi_head(layer_norm(x))) |> layer_norm
  predict like = dot(last(states), item_id) |> sigmoid
}
`;

const models = [
  { name: "a sum (embedding_mlp)", zoo: "embedding_mlp" },
  { name: "DIN, attention of candidates", zoo: "din" },
  { name: "GRU4Rec, a recurrence", zoo: "gru4rec" },
  { name: "DIEN, a recurrence under attention", zoo: "dien" },
  { name: "two layers of causal attention", spec: CAUSAL },
];

export async function append(root, { small = false } = {}) {
  const steps = small ? 20 : STEPS;
  const rounds = small ? 1 : 5;
  const warm = small ? 1 : 20;
  const events = small ? 5 : 50;
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const lines = [];
    for (const {
      name,
      zoo,
      spec = readFileSync(join(root, "examples", "zoo", `${zoo}.din`), "utf8"),
    } of models) {
      const cells = [];
      let bytes = 0;
      for (const max of [2 * steps, steps]) {
        const path = join(folder, `${lines.length}-${max}.din`);
        writeFileSync(path, spec.replace("max: 20", `max: ${max}`).replace("most: 21", `most: ${max + 1}`));
        const [appending, whole] = await Promise.all(
          ["append", "request"].map((sessions) =>
            rankerOf(path, sessions, join(folder, `${lines.length}-${max}-${sessions}`)),
          ),
        );
        const step = (i) => ({ item_id: `${i % IDS}`, genre: `${i % 18}` });
        const user = { user_id: "1", gender: "M", age: 30, occupation: "1" };
        const list = Array.from({ length: steps }, (_, i) => step(7 * i));
        const history = whole.encodeHistory({ liked: list });
        const arms = [[], []];
        // The first rounds are for the engine to compile: it takes a thousand events until the code has its speed.
        for (let round = 0; round < warm + rounds; round++) {
          const session = appending.user({ user, history: { liked: list } });
          const times = [
            () => session.append({ liked: [step(round)] }),
            () => whole.user({ user, history }),
          ].map((run) => timeOf(run, events));
          if (round >= warm) for (const [a, time] of times.entries()) arms[a].push(time);
          bytes = session.save().length;
        }
        cells.push(shown(arms[0], 0), shown(arms[1], 0), ratio(arms[0], arms[1]).toFixed(3));
      }
      lines.push(`| ${name} | ${cells.join(" | ")} | ${Math.round(bytes / 1000)} |`);
    }
    return [
      "## append",
      "",
      `Microseconds of \`session.append\` with one event, and of \`ranker.user\` with a history of ${steps.toLocaleString("en-US")} steps as columns in a module`,
      `without \`--sessions append\`, on one thread; ${rounds} alternating rounds of ${events} after ${warm}. In the first three columns the window has room for twice as`,
      "many steps, in the next three it is full. The last one is the size of a saved session.",
      "",
      "| | append | user | append ÷ user | append, full | user, full | append ÷ user, full | KB |",
      "|---|---|---|---|---|---|---|---|",
      ...lines,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rankerOf(spec, sessions, out) {
  await compile({ untrained: spec }, { sessions, out });
  const { createRanker } = await import(pathToFileURL(join(out, "model.js")).href);
  return createRanker({ weights: readFileSync(join(out, "model.weights.bin")) });
}

/** Microseconds of one run. */
function timeOf(run, times) {
  const started = performance.now();
  for (let i = 0; i < times; i++) run();
  return (1000 * (performance.now() - started)) / times;
}
