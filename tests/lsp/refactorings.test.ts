// Refactorings: what they write, and that no model computes anything else afterwards.

import { describe, expect, test } from "vitest";
import type { CodeAction } from "vscode-languageserver-types";
import { type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { NETWORK } from "../../compiler/frontend/elaborate/parts.ts";
import { computed } from "../../compiler/frontend/syntax/walk.ts";
import type { OpAttributes, ScanBody } from "../../compiler/middle/graph/attributes.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { codeActions } from "../../compiler/tools/lsp/features/code-actions.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { edited, marked, nothingOnDisk } from "./markers.ts";

function actionsAt(snapshot: Snapshot, path: string, range: Span): readonly CodeAction[] {
  return codeActions(snapshot, path, range, { diagnostics: [], only: ["refactor"] });
}

/** What the text becomes by the first refactoring whose title has `title`; null where none is offered. */
function refactored(text: string, title: string): string | null {
  const { snapshot, path, file, offset, ranges } = marked(text);
  const range = ranges[0] ?? { file, start: offset, end: offset };
  const action = actionsAt(snapshot, path, range).find((each) => each.title.includes(title));
  return action === undefined ? null : edited(file, action.edit!.changes![snapshot.uriOf(path)]!);
}

describe("extract into a `let`", () => {
  const extracted = (text: string) => refactored(text, "extract into");

  test("on a line above its statement", () => {
    expect(extracted("net {\n  predict click = a + «dense(b, 8) » |> relu\n}")).toBe(
      "net {\n  let extracted = dense(b, 8)\n  predict click = a + extracted  |> relu\n}",
    );
  });

  test("the beginning of a pipe, a part of a sum, with parentheses or without", () => {
    expect(extracted("net { let a = «b |> dense(8)» |> relu }")).toBe(
      "net { let extracted = b |> dense(8) let a = extracted |> relu }",
    );
    expect(extracted("net { let a = 2 * «(b + c)» }")).toBe(
      "net { let extracted = b + c let a = 2 * extracted }",
    );
    expect(extracted("net { let a = 2 * («b + c») }")).toBe(
      "net { let extracted = b + c let a = 2 * (extracted) }",
    );
    expect(extracted("net { let a = «(b + c) * d» + e }")).toBe(
      "net { let extracted = (b + c) * d let a = extracted + e }",
    );
  });

  test("in the value of a block, under a name that is free", () => {
    expect(extracted("block f(extracted: Vec[d]) -> Vec[1] {\n  «dense(extracted, 4)» |> dense(1)\n}")).toBe(
      "block f(extracted: Vec[d]) -> Vec[1] {\n  let extracted_2 = dense(extracted, 4)\n  extracted_2 |> dense(1)\n}",
    );
  });

  test("not what has a name, a piece that is no expression, what a function does, a loss", () => {
    expect(extracted("net { let a = «dense(b, 8)» }")).toBeNull();
    expect(extracted("net { let a = b * «c + d» * e }")).toBeNull();
    expect(extracted("net { let a = each(1..2, i => «dense(b, i)» + c) }")).toBeNull();
    expect(extracted("net { loss a = «b + c» * 2 }")).toBeNull();
    expect(extracted("net { let a = dense(«b», 8) }")).toBeNull();
    expect(extracted("net { let a = parameter(4, init: «normal(0.1)») }")).toBeNull();
  });
});

describe("inline a `let`", () => {
  const inlined = (text: string) => refactored(text, "inline");

  test("from its declaration or its use", () => {
    const text = "net {\n  let «a = b |> relu\n  let c = dense(a, 8)\n}";
    const result = "net {\n  let c = dense(b |> relu, 8)\n}";
    expect(inlined(text.replace("«a", "a┆"))).toBe(result);
    expect(inlined(text.replace("«", "").replace("(a,", "(┆a,"))).toBe(result);
  });

  test("in parentheses where it would mean something else", () => {
    expect(inlined("net { let a┆ = b + c let d = 2 * a }")).toBe("net { let d = 2 * (b + c) }");
    expect(inlined("net { let a┆ = dense(b, 8) let d = 2 * a }")).toBe("net { let d = 2 * dense(b, 8) }");
  });

  test("not where it is used twice, in a function, in a variant, or where a name has another meaning", () => {
    expect(inlined("net { let a┆ = b let c = a + a }")).toBeNull();
    expect(inlined("net { let a┆ = dense(b, 8) let c = each(1..2, i => a) }")).toBeNull();
    expect(inlined("model m net { let a┆ = b } variant v from m { net { let c = a } }")).toBeNull();
    expect(inlined("model m net { let a┆ = b let c = a } variant v from m { net { let a = 2 } }")).toBeNull();
    expect(
      inlined("features item { price : number } net { let a┆ = price let price = 2 let c = a + price }"),
    ).toBeNull();
  });
});

describe("calls and pipes", () => {
  test("there and back", () => {
    const pairs = [
      ["dense┆(b, 8)", "b |> dense┆(8)"],
      ["relu┆(b)", "b |> relu┆"],
      ["dense┆(b + c, 8, relu)", "b + c |> dense┆(8, relu)"],
      ["dense┆(b |> relu, width: 8)", "b |> relu |> dense┆(width: 8)"],
      ["2 * concat┆(b, c)", null],
    ] as const;
    for (const [call, pipe] of pairs) {
      const bare = (text: string) => text.replace("┆", "");
      const inNet = (text: string) => `net { let a = ${text} }`;
      const piped = refactored(inNet(call), "as a pipe");
      if (pipe === null) expect(piped).toBe(inNet("2 * (b |> concat(c))"));
      else {
        expect(piped).toBe(inNet(bare(pipe)));
        expect(refactored(inNet(pipe), "as a call")).toBe(inNet(bare(call)));
      }
    }
  });

  test("not of a function or what is given by name; not where a comment would be lost", () => {
    expect(refactored("net { let a = each┆(x => x, b) }", "as a pipe")).toBeNull();
    expect(refactored("net { let a = dense┆(x: b, width: 8) }", "as a pipe")).toBeNull();
    expect(refactored("net { let a = dense┆(b // why\n, 8) }", "as a pipe")).toBeNull();
    expect(refactored("net { let a = b // why\n |> dense┆(8) }", "as a call")).toBeNull();
  });

  test("not of what takes what a layer is given; of what stands within that", () => {
    expect(refactored("net { layer a = dense┆(8, relu) }", "as a pipe")).toBeNull();
    expect(refactored("net { layer a = mlp┆([8], relu) |> dense(4) }", "as a pipe")).toBeNull();
    expect(refactored("net { layer a = mlp([8], relu) |> dense┆(4) }", "as a call")).toBeNull();
    expect(
      refactored("net { let a = each(b, x => { layer c = dense┆(8, relu) c(x) }) }", "as a pipe"),
    ).toBeNull();
    expect(refactored("net { let a = each(b, x => { let c = dense┆(x, 8) c }) }", "as a pipe")).toBe(
      "net { let a = each(b, x => { let c = x |> dense(8) c }) }",
    );
    expect(refactored("net { layer a = x => dense┆(x, 8) }", "as a pipe")).toBe(
      "net { layer a = x => x |> dense(8) }",
    );
  });

  test("not of what learned numbers begin as", () => {
    expect(refactored("net { let a = parameter(4, init: normal┆(0.1)) }", "as a pipe")).toBeNull();
  });
});

test("a block of the standard library is copied above what uses it", () => {
  const text = "model m\n\n// The network.\nnet { let a = ml┆p(b, [4]) }\n";
  const { snapshot } = marked("");
  const library = snapshot.file("std/mlp.din")!.text;
  const block = /\/\/\/ A multi-layer perceptron[\s\S]*?\n}\n/.exec(library)![0];
  expect(refactored(text, "copy")).toBe(
    text.replace("┆", "").replace("// The network.", () => `${block}\n// The network.`),
  );
});

/** A Graph as text that says nothing of names that follow from the text, nor of the order of what does not depend on it. */
function shapeOf(graph: Graph): string {
  const lines: string[] = [];
  const numbers = new Map<NodeId, number>();
  const names = new Map<string, string>();
  const renamed = (name: string) => {
    const known = names.get(name) ?? `name ${names.size}`;
    names.set(name, known);
    return known;
  };
  const visit = (id: NodeId): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    const { op, attributes, inputs, type } = graph.nodes[id]!;
    const given = ("body" in attributes ? inOrder(attributes.body).map((i) => inputs[i]!) : inputs).map(
      visit,
    );
    const drawn = op === "input" ? drawnBy(attributes as OpAttributes["input"]) : null;
    const isNamed = op === "parameter" || drawn !== null || isTableOfText(op, attributes);
    const name = isNamed ? { name: renamed(nameIn(attributes)) } : {};
    const body = "body" in attributes ? { body: bodyOf(attributes.body) } : {};
    const shown = { ...attributes, ...name, ...body, ...(drawn === null ? {} : { role: drawn }) };
    const parameter = op === "parameter" ? graph.parameters.get(nameIn(attributes)) : undefined;
    const about = parameter && [parameter.dims, parameter.init, parameter.role];
    const rows = type.rows.kind === "table" ? { ...type.rows, table: nameIn(shown) } : type.rows;
    const text = JSON.stringify([op, shown, given, { ...type, rows }, about]);
    lines.push(text.replaceAll(/(?<= by )net\.[\w.]+/g, renamed));
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const outputs = [...graph.outputs].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, id] of outputs) lines.push(`output ${name} ${visit(id)}`);
  const updates = [...graph.updates].map(([name, id]) => `update ${renamed(name)} ${visit(id)}`);
  return [...lines, ...updates.toSorted()].join("\n");
}

/** What a recurrence computes in each step, without the order of what does not depend on it. */
function bodyOf(body: ScanBody): object {
  const { inputs, nodes, result } = body;
  const shown: object[] = [];
  const order = inOrder(body);
  const places = new Map(order.map((place, i) => [place, i]));
  const visit = (place: number): number => {
    const known = places.get(place);
    if (known !== undefined) return known;
    const { op, attributes, inputs: read } = nodes[place - inputs.length]!;
    shown.push([op, attributes, read.map(visit)]);
    places.set(place, places.size);
    return places.size - 1;
  };
  return { inputs: order.map((place) => inputs[place]), result: visit(result), nodes: shown };
}

/**
 * The places of a recurrence's inputs: what varies as it stands, then weights and constants as the result
 * reads them first.
 */
function inOrder({ inputs, nodes, result }: ScanBody): number[] {
  const order = new Set(inputs.flatMap(({ rows }, place) => (rows.kind === "once" ? [] : [place])));
  const visited = new Set<number>();
  const visit = (place: number): void => {
    if (visited.has(place)) return;
    visited.add(place);
    if (place < inputs.length) order.add(place);
    else nodes[place - inputs.length]!.inputs.forEach(visit);
  };
  visit(result);
  inputs.forEach((_, place) => void order.add(place));
  return [...order];
}

/** How an input is drawn for a layer, by whose name it is called; null for one that is not. */
function drawnBy({ role }: OpAttributes["input"]): string | null {
  if (role.kind === "random") return role.distribution;
  if (role.kind === "permutation") return `${role.kind} ${role.share}`;
  return role.kind === "noise" ? role.kind : null;
}

/** Whether it has rows of `parameter(…, per: feature)`, and so the name of a `let`. */
function isTableOfText(op: string, attributes: object): boolean {
  return op === "table" && nameIn(attributes).includes(`.${NETWORK}.`);
}

function nameIn(attributes: object): string {
  return "name" in attributes && typeof attributes.name === "string" ? attributes.name : "";
}

const files = specFiles("examples", "tests/good");
const workspace = new Snapshot(
  new Map(files.map(([path, text]) => [path, sourceFile(path, text)])),
  nothingOnDisk,
);
const models = files.filter(([path]) => workspace.analysis(path)?.value != null);

/** Graphs of a spec's model and its variants. */
function shapes(snapshot: Snapshot, path: string): readonly string[] {
  const variants = snapshot.parsed(path)!.value.variants.map(({ name }) => name.name);
  return [null, ...variants].map((variant) => {
    const { value, diagnostics } = snapshot.analysis(path, variant)!;
    if (value === null) return renderConcise(diagnostics.filter((each) => hasErrors([each])));
    return shapeOf(lower(value));
  });
}

describe("no model computes anything else afterwards", () => {
  test("there are models", () => {
    expect(models.length).toBeGreaterThan(40);
  });

  test.each(sweep(models, 24))("%s", (path) => {
    const { value: spec } = workspace.parsed(path)!;
    const { file } = spec;
    const before = shapes(workspace, path);
    const places: Span[] = [];
    for (const each of computed(spec)) {
      places.push(each.span);
      if (each.kind === "call" || each.kind === "pipe")
        places.push({ ...each.callee.span, end: each.callee.span.start });
    }
    for (const { span, symbol } of workspace.mentions(path))
      if (symbol.kind === "let") places.push({ ...span, end: span.start });
    const tried = new Set<string>();
    for (const place of places)
      for (const { title, edit } of actionsAt(workspace, path, place)) {
        const text = edited(file, edit!.changes![workspace.uriOf(path)]!);
        if (tried.has(text)) continue;
        tried.add(text);
        const next = workspace.with(new Map([[path, sourceFile(path, text)]]));
        expect(shapes(next, path), `${title}:\n${text}`).toEqual(before);
      }
    expect(tried.size).toBeGreaterThan(0);
  });
});
