// `// dinc-ignore` wherever a model's text may stand: in the spec, in a file that it imports, in a variant; for the warnings
// of every command and for the advice of `dinc lint`.

import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { type Files, findings, optionsFor, variant } from "./support.ts";

const SPEC = `model m
import "towers.din"
features user { user_id : id(min_count: 2)  embed 8 }
features item { item_id : id(min_count: 2)  embed 8 }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
net {
  let interest  = attend(item_id, clicks)
  predict click = concat(user_id, item_id, interest) |> mlp([16], relu) |> dense(1) |> sigmoid
}
train { metrics auc, gauc(by: user_id) }
`;

function files(spec: string, towers: string): Files {
  return { "main.din": spec, "towers.din": towers };
}

/** `CODE path:line`, what `dinc lint` says. */
function linted(all: Files): string[] {
  return lint(sourceFile("main.din", all["main.din"]), optionsFor(all)).map(({ code, location }) => {
    if (location.kind !== "text") return code;
    const { file, start } = location.span;
    return `${code} ${file.path}:${file.text.slice(0, start).split("\n").length}`;
  });
}

/** Two linear layers with nothing between them. */
const LINEAR = "block tower(x: Vec[d]) -> Vec[1] {\n  x |> dense(8) |> dense(1)COMMENT\n}\n";
const withTower = SPEC.replace("mlp([16], relu) |> dense(1)", "tower");

test("an imported file ignores a warning of its own, and is told of what ignores nothing", () => {
  const unused = "block tower(x: Vec[d], y: Int = 2) -> Vec[1] { dense(x, 1) }COMMENT\n";
  const said = (comment: string) => findings(files(withTower, unused.replace("COMMENT", comment)));
  expect(said("")).toEqual(["DIN0231 towers.din:y"]);
  expect(said("  // dinc-ignore unused-parameter: kept for callers")).toEqual([]);
  const idle = "// dinc-ignore DIN0227: nothing";
  expect(said(`  ${idle}`)).toEqual(["DIN0231 towers.din:y", `DIN0121 towers.din:${idle}`]);
});

test("advice on an imported block stands where it is used, and is ignored there", () => {
  const said = (here: string, there = "") =>
    linted(files(withTower.replace("sigmoid", `sigmoid${here}`), LINEAR.replace("COMMENT", there)));
  const ignoring = "  // dinc-ignore linear-after-linear: factorized on purpose";
  expect(said("")).toEqual(["DIN0707 main.din:9"]);
  expect(said(ignoring)).toEqual([]);
  expect(said("", ignoring)).toEqual(["DIN0707 main.din:9", "DIN0121 towers.din:2"]);
  // `dinc check` gives no advice, and does not judge what ignores it.
  expect(findings(files(withTower, LINEAR.replace("COMMENT", ignoring)))).toEqual([]);
});

test("a variant has advice of its own, ignored in its text", () => {
  const sound = LINEAR.replace("dense(8)", "dense(8, relu)").replace("COMMENT", "");
  const slow = (comment: string) =>
    `${withTower}variant slow from m {\n  train { optimizer adam(learning_rate: 0.9) }${comment}\n}\n`;
  expect(linted(files(withTower, sound))).toEqual([]);
  expect(linted(files(slow(""), sound))).toEqual(["DIN0720 main.din:13"]);
  expect(linted(files(slow("  // dinc-ignore DIN0720: to show that it diverges"), sound))).toEqual([]);
});

test("one model alone does not tell whether a comment ignores something in another", () => {
  const comment = "  // dinc-ignore DIN0227: read from March on";
  const unread = `${withTower.replace("embed 8 }", `embed 8\n  city : id embed 8${comment}\n}`)}variant other from m {
  net { predict click = concat(user_id, city, item_id, interest) |> dense(1) |> sigmoid }
}
`;
  const all = files(unread, LINEAR.replace("COMMENT", ""));
  expect(findings(all)).toEqual([]);
  expect(findings(all, variant("other"))).toEqual([]);
});

test("what the parent is told is not told again of its variants", () => {
  const all = files(
    `${withTower}variant wide from m { net { let interest = attend(item_id, clicks, [8]) } }\n`,
    LINEAR.replace("COMMENT", ""),
  );
  expect(linted(all)).toEqual(["DIN0707 main.din:9"]);
});

test("what only a variant makes wrong in its parent's text names the variant", () => {
  const all = files(
    `${withTower}variant bare from m { block tower(x: Vec[d]) -> Vec[1] { relu(dense(x, 1)) } }\n`,
    LINEAR.replace("dense(8)", "dense(8, relu)").replace("COMMENT", ""),
  );
  const [found] = lint(sourceFile("main.din", all["main.din"]), optionsFor(all));
  expect(found).toMatchObject({ name: "bounded-logit" });
  expect(found!.related.map(({ label }) => label)).toContain("in the variant `bare`");
});
