// What can be folded: lines of the text with `↧` where a fold begins and `↥` where it ends.

import { expect, test } from "vitest";
import { foldingRanges } from "../../compiler/tools/lsp/features/folding.ts";
import { marked } from "./markers.ts";

function folds(text: string): string {
  const { snapshot, path } = marked(text);
  const lines = text.split("\n");
  for (const { startLine, endLine, kind } of foldingRanges(snapshot, path)) {
    lines[startLine] += kind === undefined ? " ↧" : ` ↧${kind}`;
    lines[endLine] += " ↥";
  }
  return lines.join("\n");
}

test("items, lists, statements, imports, comments", () => {
  expect(
    folds(`// One of
// two lines.
model a

import "a.din"
import "b.din"

/// Documentation
/// of a block.
block tower(
  x: Vec[d],
  y: Vec[d],
) -> Vec[4] {
  let z = concat(x, y)  // after
    |> dense(8)
  z |> dense(4)
}
features item { item_id : id embed 8 }
// alone
net {
  let a = mlp(item_id, [
    8,
    4,
  ])
}
variant b from a {
  net {
    let c = 1
  }
}
`),
  ).toMatchInlineSnapshot(`
    "// One of ↧comment
    // two lines. ↥
    model a

    import "a.din" ↧imports
    import "b.din" ↥

    /// Documentation ↧comment
    /// of a block. ↥
    block tower( ↧
      x: Vec[d],
      y: Vec[d], ↥
    ) -> Vec[4] { ↧
      let z = concat(x, y)  // after ↧
        |> dense(8) ↥
      z |> dense(4) ↥
    }
    features item { item_id : id embed 8 }
    // alone
    net { ↧
      let a = mlp(item_id, [ ↧
        8,
        4,
      ]) ↥ ↥
    }
    variant b from a { ↧
      net { ↧
        let c = 1 ↥
      } ↥
    }
    "
  `);
});

test("a bracket that is missing inside does not part what is around it", () => {
  expect(folds("net {\n  let a = concat(b,\n    [c\n}\nlabel click : binary\n")).toMatchInlineSnapshot(`
    "net { ↧
      let a = concat(b, ↧
        [c ↥ ↥
    }
    label click : binary
    "
  `);
});

test("of a text without lines: none", () => {
  expect(folds("net { let a = (b) }")).toBe("net { let a = (b) }");
});
