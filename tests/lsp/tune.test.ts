// `tune` of a spec in an editor: a param is renamed there too, and its ranges are explained.

import { expect, test } from "vitest";
import { MarkupContent } from "vscode-languageserver-types";
import { textOf } from "../../compiler/common/source-file.ts";
import { hover } from "../../compiler/tools/lsp/features/hover.ts";
import { rename } from "../../compiler/tools/lsp/features/rename.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { marked } from "./markers.ts";

const spec = (mark: string) =>
  `model a
param rate = 1e-3
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { optimizer adam(learning_rate: rate) }
tune { rate: log(1e-4..1e-2) }
`.replace(mark, `┆${mark}`);

test("a param is renamed where it is searched for", () => {
  const { snapshot, path, offset, file } = marked(spec("rate: log"));
  const edit = rename(snapshot, path, offset, "pace");
  if ("reason" in edit) throw new Error(edit.reason);
  const edits = edit.changes![snapshot.uriOf(path)]!;
  expect(edits.map(({ range }) => textOf(spanOf(file, range)))).toEqual(["rate", "rate", "rate"]);
});

test.each([
  ["tune {", "Ranges that `dinc tune` searches"],
  ["log(", "A number; every order of magnitude is as likely."],
  ["rate: log", "(param) rate: Float = 0.001"],
])("%s is explained", (mark, said) => {
  const { snapshot, path, offset } = marked(spec(mark));
  const contents = hover(snapshot, path, offset)?.contents;
  expect(MarkupContent.is(contents) && contents.value).toContain(said);
});
