// Files that a spec names: `«…»` around each link.

import { expect, test } from "vitest";
import { documentLinks } from "../../compiler/tools/lsp/features/links.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { marked, withMarks } from "./markers.ts";

test("imports, lists of ids, vectors", () => {
  const text = `--- models/a.din
import "«../blocks.din»"
import "/etc/passwd"
features item {
  item_id : id(file: "«ids/items.txt»")  embed(8, from: "«/data/vectors.txt»")
  tags    : set(id(file: "«../tags.txt»"), max: 3)  embed 4
  gender  : enum("f", "m")  embed 2
  a, b, c1..c3 : id(file: "«abc.txt»")
}
history clicks(max: 5) { place : id(file: "«places.txt»") embed 4 }
net { let a = embed(gender, 2, from: "«genders.npy»") |> f(from: "not this") }
variant b from a { features item { other : id(file: "«o.txt»") embed 2 } }
`;
  const { snapshot, path, file } = marked(text);
  const links = documentLinks(snapshot, path);
  const spans = links.map(({ range }) => spanOf(file, range));
  expect(`--- models/a.din\n${withMarks(file, spans)}`).toBe(text);
  expect(links.map(({ target }) => target)).toEqual([
    "file:///blocks.din",
    "file:///models/ids/items.txt",
    "file:////data/vectors.txt",
    "file:///tags.txt",
    "file:///models/abc.txt",
    "file:///models/places.txt",
    "file:///models/o.txt",
    "file:///models/genders.npy",
  ]);
});
