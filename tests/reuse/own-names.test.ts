// A spec may take every name of the language and its library. Its own meaning applies where it is declared or imported, and nothing
// else changes: so dinc can grow without changing a spec.

import { describe, expect, test } from "vitest";
import { library } from "../../compiler/frontend/functions/library.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { checkFiles, findings, graphText, modelOfFiles } from "./support.ts";

const languageNames = [...languageFunctions.keys(), ...library.keys()];

/** The names that a text does not contain. */
const unread = (text: string) => {
  const words = new Set(text.match(/\w+/g));
  return languageNames.filter((name) => !words.has(name));
};

describe("declared names of the language change nothing that doesn't read them", () => {
  test.each(sweep(specFiles("examples/zoo")))("in %s", (_, text) => {
    const blocks = unread(text).map((name) => `block ${name}(x) { x + x }\n`);
    const { value, diagnostics } = checkFiles({ "main.din": `${text}\n${blocks.join("")}` });
    expect(new Set(diagnostics.map(({ name }) => name))).toEqual(new Set(["unused-block"]));
    expect(graphText(value!)).toBe(graphText(modelOfFiles({ "main.din": text })));
  });
});

const declaring = (name: string) => `model own
param units = 4
features item { item_id : id  embed 8 }
label click : binary
block ${name}(x) { x |> dense(units, relu) }
net { predict click = ${name}(item_id) |> dense(1) |> sigmoid }
`;

describe("a block may have every name of the language", () => {
  const plain = graphText(modelOfFiles({ "main.din": declaring("own_block") }));
  // `declaring` itself calls these.
  test.each(languageNames.filter((name) => !["dense", "relu", "sigmoid"].includes(name)))("%s", (name) => {
    const found = graphText(modelOfFiles({ "main.din": declaring(name) }));
    expect(found.replaceAll(new RegExp(`\\b${name}\\b`, "g"), "own_block")).toBe(
      plain.replaceAll(new RegExp(`\\b${name}\\b`, "g"), "own_block"),
    );
  });
});

test("a feature that is called freeze names a table, as its own name", () => {
  const spec = (name: string) => `model own
features item { item_id : id  ${name} : id  embed 8 }
label click : binary
net { predict click = embed(item_id, 4, ${name}) |> dense(1) |> sigmoid }
`;
  const found = graphText(modelOfFiles({ "main.din": spec("freeze") }));
  expect(found).toBe(graphText(modelOfFiles({ "main.din": spec("other") })).replaceAll("other", "freeze"));
});

describe("in several files", () => {
  const item = "features item { price : number |> standardize }\nlabel click : binary";
  const main = (more: string, value: string) =>
    `model main\nimport "lib.din"\n${item}\n${more}\nnet { predict click = ${value} |> dense(1) |> sigmoid }\n`;
  const graph = (lib: string, more: string, value: string) =>
    graphText(modelOfFiles({ "main.din": main(more, value), "lib.din": lib }));

  test("an imported file doesn't see the importer's block", () => {
    const lib = "block scaled(x) { exp(x) }\n";
    const own = "block exp(x) { x |> dense(8, relu) }";
    expect(graph(lib, own, "concat(scaled(price), exp(price))").replaceAll(/\bexp\./g, "tower.")).toBe(
      graph(lib, own.replace("exp", "tower"), "concat(scaled(price), tower(price))"),
    );
  });

  test("an imported file doesn't see the importer's param", () => {
    const lib = "block scaled(x) { sqrt(x) }\n";
    expect(graph(lib, "param sqrt = 8", "dense(scaled(price), sqrt)")).toBe(
      graph(lib, "param units = 8", "dense(scaled(price), units)"),
    );
  });

  test("an importer sees the imported file's block", () => {
    const lib = "block exp(x) { x |> dense(8, relu) }\n";
    expect(graph(lib, "", "exp(price)").replaceAll(/\bexp\./g, "tower.")).toBe(
      graph(lib.replace("exp", "tower"), "", "tower(price)"),
    );
  });

  test("any other name must be imported", () => {
    expect(
      findings({
        "main.din": main("block tower(x) { x |> dense(8) }", "concat(scaled(price), tower(price))"),
        "lib.din": "block scaled(x) { tower(x) }\n",
      }),
    ).toEqual(["DIN0406 lib.din:tower"]);
  });
});
