// dinc.yaml in an editor, with the files that a test gives and no disk.

import type { SourceFile } from "../../../compiler/common/source-file.ts";
import { type ConfigView, viewOf } from "../../../compiler/tools/lsp/config/view.ts";
import { marked } from "../markers.ts";

/** Rows that lie on the disk. */
const rows = ["rows.csv", "data/train.csv", "data/test.csv", "data/deep/x.csv", "log.csv", "items.parquet"];

export const SPEC = `--- model.din
model shop
/// Units of the tower.
param units = [16, 8]
param rate = 1e-3
features user { user_id : id  embed 4 }
features item { item_id : id  embed 8  price : number |> log1p }
history clicks(max: 20) { item_id <-> clicked_items }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp(units) |> dense(1) |> sigmoid }
train { optimizer adam(rate) }
/// Without the history.
variant plain from shop {
  net { predict click = concat(user_id, item_id, price) |> mlp(units) |> dense(1) |> sigmoid }
}
`;

export interface MarkedView {
  readonly view: ConfigView;
  readonly file: SourceFile;
  readonly offset: number;
}

/** `dinc.yaml` is what \`yaml\` says, the cursor at ┆; beside it lie \`specs\`. */
export function yamlView(yaml: string, specs = SPEC): MarkedView {
  const { snapshot, offset } = marked(`--- dinc.yaml\n${yaml}\n${specs}`);
  const file = snapshot.file("dinc.yaml")!;
  const names = [...rows, ...(specs.match(/(?<=^--- )\S+$/gm) ?? [])];
  const view = viewOf(file, {
    environment: (name) => (name === "DATA" ? "data" : undefined),
    problemOf: (path) => (names.includes(path) ? null : "there is no such file"),
    file: (path) => snapshot.file(path),
    uriOf: (path) => snapshot.uriOf(path),
    entries: (folder) => entriesOf(names, folder),
  });
  return { view, file, offset };
}

function entriesOf(names: readonly string[], folder: string) {
  const above = folder === "." ? "" : `${folder}/`;
  const inside = names.filter((name) => name.startsWith(above)).map((name) => name.slice(above.length));
  const found = new Map(inside.map((name) => [name.split("/")[0]!, name.includes("/")]));
  return [...found].map(([name, isFolder]) => ({ name, isFolder }));
}
