// Reports of real, small trainings, by the back end that is always there.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../compiler/common/random.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";

/** The report of training `spec` on CSV files by their names in dinc.yaml: `train`, `test`, `valid`. */
export function reportOf(
  spec: string,
  data: Readonly<Record<string, string>>,
  settings: readonly string[] = [],
): Promise<string> {
  return withRun(spec, data, settings, (folder) => readFile(join(folder, "run", "report.html"), "utf8"));
}

/** Trains, and looks at the folder that has the data (`test.csv`) and the run (`run`). */
export async function withRun<T>(
  spec: string,
  data: Readonly<Record<string, string>>,
  settings: readonly string[],
  look: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-report-run-"));
  const terminal: Terminal = {
    ...{ out: () => {}, progress: () => {}, say: () => {} },
    ...{ color: { messages: false, data: false }, interactive: false },
  };
  try {
    await writeFile(join(folder, "model.din"), spec);
    const set = [...settings];
    for (const [split, text] of Object.entries(data)) {
      await writeFile(join(folder, `${split}.csv`), text);
      set.push(`data.${split}=${join(folder, `${split}.csv`)}`);
    }
    const out = join(folder, "run");
    await train(join(folder, "model.din"), { out, set, backend: "wasm", checkpointEvery: 60 }, terminal);
    return await look(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ids as shops have them, some of which would like to be markup. */
export const ITEMS = [
  "B00004TMFE",
  "</script><img src=x onerror=alert(1)>",
  "日本語の商品名はとても長いです",
  "shampoo & conditioner, 2 × 500 ml, for every day and all the family",
  "\"quoted\" 'twice'",
  "plain",
  ...Array.from({ length: 24 }, (_, i) => `item-${i}`),
];

export const DIN = `/// Deep Interest Network on a few made-up rows.
model small_din

features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 8
  shelf   : id  embed 4
}
history clicks(max: 20) {
  item_id <-> hist_item_id
  shelf   <-> hist_shelf
}
label click : binary

net {
  let target    = concat(item_id, shelf)
  let interest  = attend(target, clicks, [8])
  predict click = concat(user_id, target, interest) |> mlp([16], relu) |> dense(1) |> sigmoid
}

train {
  optimizer adam(learning_rate: 1e-2)
  batch 32  epochs 3
  metrics auc, gauc(by: user_id), log_loss, ece
}
`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const shelfOf = (item: number) => `shelf ${item % 5}`;

/** Users who click what stands on a shelf that they clicked at before; two candidates for each history. */
export function dinRows(users: number, seed: number): string {
  const random = Random.of(seed, "rows");
  const lines = ["user_id,item_id,shelf,hist_item_id,hist_shelf,click"];
  for (let user = 0; user < users; user++) {
    const steps = Array.from({ length: random.integer(18) }, () => random.integer(ITEMS.length));
    for (let row = 0; row < 2; row++) {
      const item = random.integer(ITEMS.length);
      const isKnown = steps.some((step) => step % 5 === item % 5);
      const click = random.next() < (isKnown ? 0.75 : 0.2) ? 1 : 0;
      const cells = [
        `u${user}`,
        ITEMS[item]!,
        shelfOf(item),
        steps.map((step) => ITEMS[step]!).join("|"),
        steps.map(shelfOf).join("|"),
      ];
      lines.push(`${cells.map(quoted).join(",")},${click}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

export function trainedReport(): Promise<string> {
  return reportOf(DIN, { train: dinRows(300, 1), test: dinRows(150, 2) });
}
