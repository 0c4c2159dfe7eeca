// `dinc check --types`, and the data after it.

import { describe, expect, test } from "vitest";
import { sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { analyse, check } from "../../compiler/frontend/check/check.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { runHere } from "../cli/run-here.ts";

import { hostile, specs } from "./specs.ts";

const bindings = (text: string) => typesOf(analyse(sourceFile("model.din", text)));
/** `name: type` by name, those in blocks as `block.name`. */
const typesByName = (text: string) =>
  Object.fromEntries(
    bindings(text).map(({ of, name, type }) => [of === null ? name : `${of}.${name}`, type]),
  );

const SPEC = `model small
features user { user_id : id  age : number }
features item { item_id : id  embed 8 }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
block weigh(query: Vec[d],   // the candidate
            keys: Seq[h, d], units: List[Int] = [4]) -> Seq[h, d] {
  let pair  = concat(query, keys)
  let score = pair |> mlp(units, relu) |> dense(1)
  score * keys
}
block loose(x) {
  let twice = x + x
  twice
}
net {
  let weighed   = weigh(item_id, clicks)
  let taste     = sum(weighed)
  let open      = sigmoid(dense(clicks, 1))
  let layers    = [16, 8]
  predict click = concat(loose(taste), mean(open * clicks), age) |> mlp(layers) |> dense(1) |> sigmoid
}
`;

test("the table, in the order of the text", async () => {
  const { code, out, err } = await runHere(["check", "--types", "-"], { input: SPEC });
  expect(code).toBe(0);
  // What check says stands beside it.
  expect(err).toContain("unused-feature");
  expect(out).toBe(`line  what        name            type               known from           axis
   2  feature     user_id         id                 user
   2  feature     age             Vec[1]             user
   3  feature     item_id         Vec[8]             item
   4  history     clicks          Seq[clicks, 8]     history              clicks
   4  field       clicks.item_id  Seq[clicks, 8]     history              clicks
   5  label       click           binary
   6  block       weigh           (query: Vec[d], keys: Seq[h, d], units: List[Int] = [4]) -> Seq[h, d]
   8  let           pair          Seq[h, 2*d]                             h
   9  let           score         Seq[h, 1]                               h
  12  block       loose           (x)
  13  let           twice         ?
  17  let         weighed         Seq[clicks, 8]     item, history        clicks
  18  let         taste           Vec[8]             item, history
  19  let         open            Seq[clicks, Prob]  history              clicks
  20  let         layers          List[Int]
  21  prediction  click           Prob               user, item, history
`);
});

describe("as data", () => {
  test("parameters too, each with its place", () => {
    const found = bindings(SPEC);
    expect(found.find(({ of, name }) => of === "weigh" && name === "keys")).toMatchObject({
      kind: "parameter",
      type: "Seq[h, d]",
      axis: "h",
    });
    for (const { name, span } of found) expect(textOf(span)).toBe(name);
    const starts = found.map(({ span }) => span.start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test("fields of a history, bound once, bound several times to one feature, and its own", () => {
    const spec = SPEC.replace(
      "label click",
      `history moves(max: 5) {
  item_id <-> from_item
  item_id <-> to_item
  dwell : number |> log1p
  action : enum("view", "cart")
}
label click`,
    );
    const found = bindings(spec).filter(({ of }) => of === "moves");
    expect(found.map(({ name, type, span }) => [name, type, textOf(span)])).toEqual([
      ["from_item", "Seq[moves, 8]", "from_item"],
      ["to_item", "Seq[moves, 8]", "to_item"],
      ["dwell", "Seq[moves, 1]", "dwell"],
      ["action", "enum", "action"],
    ]);
    expect(typesByName(spec)["moves"]).toBe("history");
    expect(typesByName(spec.replace('action : enum("view", "cart")', ""))["moves"]).toBe("Seq[moves, 17]");
  });

  test("JSON has places as diagnostics have them", async () => {
    const { out } = await runHere(
      ["check", "--types", "--format", "json", "-", "--stdin-filepath", "a.din"],
      {
        input: SPEC,
      },
    );
    const { version, bindings: shown } = JSON.parse(out);
    expect(version).toBe(1);
    expect(shown[1]).toEqual({
      kind: "feature",
      name: "age",
      of: null,
      type: "Vec[1]",
      sources: ["user"],
      axis: null,
      file: "a.din",
      range: { start: { line: 2, column: 31, offset: 42 }, end: { line: 2, column: 34, offset: 45 } },
    });
  });

  test("asking for types changes nothing that check says", () => {
    for (const [path, text] of specs) {
      const file = sourceFile(path, text);
      expect(analyse(file).diagnostics).toEqual(check(file).diagnostics);
    }
  });
});

describe("in a spec with mistakes", () => {
  test("what is wrong has no type, everything else keeps its own", () => {
    const types = typesByName(SPEC.replace("sum(weighed)", "sum(weighd)").replace("embed 8", "embed 9"));
    expect(types).toMatchObject({ item_id: "Vec[9]", weighed: "Seq[clicks, 9]", taste: "?", click: "?" });
    expect(types).toMatchObject({ open: "Seq[clicks, Prob]", "weigh.pair": "Seq[h, 2*d]" });
  });

  test("1, the table on standard output and the mistake beside it", async () => {
    const { code, out, err } = await runHere(["check", "--types", "-"], {
      input: SPEC.replace("(weighed)", "(weighd)"),
    });
    expect(code).toBe(1);
    expect(out).toMatch(/ taste +\?\n/);
    expect(err).toContain("did you mean");
  });

  test("2 where the command line makes no sense", async () => {
    expect((await runHere(["check", "--types", "--fix", "a.din"])).code).toBe(2);
    expect((await runHere(["check", "--types", "--format", "sarif", "a.din"])).code).toBe(2);
  });

  test("every beginning of a spec has types", () => {
    for (let end = 0; end <= SPEC.length; end += 7)
      for (const { type } of bindings(SPEC.slice(0, end))) expect(type).not.toBe("");
  });
});

test("names that every object has are names like others", () => {
  expect(typesByName(hostile)).toMatchObject({
    toString: "Vec[4]",
    hasOwnProperty: "Vec[1]",
    "valueOf.toString": "Seq[valueOf, 4]",
    "subgraph.constructor": "Vec[d]",
    end: "Vec[4]",
  });
  expect(bindings(hostile).find(({ name, of }) => name === "__proto__" && of === null)?.type).toBe("Vec[4]");
});
