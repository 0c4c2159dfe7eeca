// `dinc graph`: what is drawn, how it is laid out, and that no text of a spec is ever anything but text in it.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { library } from "../../compiler/frontend/functions/library.ts";
import { languageFunctions, ofTraining } from "../../compiler/frontend/functions/registry.ts";
import { type Drawing, drawingOf } from "../../compiler/tools/views/drawing.ts";
import { layered } from "../../compiler/tools/views/layered.ts";
import { mermaidOf } from "../../compiler/tools/views/mermaid.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { runHere } from "../cli/run-here.ts";
import { measured } from "../support/measured.ts";
import { hostile, specs } from "./specs.ts";

function drawn(text: string): Drawing {
  const analysis = analyse(sourceFile("model.din", text));
  expect(analysis.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return drawingOf(analysis.value!, analysis);
}

const all = [...specs, ["hostile", hostile]] as const;

const SPEC = `model small
features user { age : number }
features item { item_id : id  embed 8 }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
net {
  let sizes     = [16, 8]
  let score     = dot(item_id, clicks)
  let renamed   = score
  let unread    = relu(item_id)
  predict click = concat(sum(renamed * clicks) / 2, fold([1], age, (h, n) => h * mean(clicks))) |> mlp(sizes) |> dense(1) |> sigmoid
}
`;

test("shapes say how long lists are, and what is a step longer than its history", () => {
  const text = SPEC.replace(
    "net {",
    "net {\n  let longer    = append(clicks, item_id)\n  let fields    = [mean(longer), item_id]",
  ).replace("concat(sum(", "concat(fm(fields), sum(");
  const shapes = mermaidOf(drawn(text)).match(/(?<= · )[^"\]]+/g);
  expect(shapes).toContain("N × (T + 1) × 8");
  const listed = SPEC.replace("sum(renamed * clicks)", "flatten(dense([item_id, mean(clicks)], 3))");
  expect(mermaidOf(drawn(listed)).match(/(?<= · )[^"\]]+/g)).toContain("N × 2 × 3");
});

test("labels in losses, learned values and fields of what a search found", () => {
  const text = SPEC.replace("history clicks(max: 20) {", "history clicks(max: 20) { dwell : number ")
    .replace("let unread ", "let near = top(clicks, 5, by: clicks.dwell)\n  let unread ")
    .replace("dot(item_id, clicks)", "dot(item_id, clicks.item_id)")
    .replace("renamed * clicks", "renamed * clicks.item_id")
    .replace("mean(clicks)", "mean(clicks.item_id)")
    .replace(/\}\n$/, "  loss off = click * dot(item_id, mean(near.dwell) * parameter(8))\n}\n");
  const { nodes, edges } = drawn(text);
  const found = (code: string) => nodes.find((node) => node.code === code)!;
  expect(found("label, binary")).toMatchObject({ kind: "label", name: "click", known: "candidate" });
  expect(found("parameter(8)")).toMatchObject({ kind: "parameter", shape: ["8"] });
  const near = nodes.find(({ name }) => name === "near")!;
  const fields = nodes.filter(({ code }) => /^\.\w+$/.test(code));
  expect(fields.map(({ code }) => code)).toEqual([".dwell"]);
  expect(edges).toContainEqual({ from: near.id, to: fields[0]!.id });
});

test("what only training computes is marked, but no block of the spec's own", () => {
  const text = SPEC.replace(
    /\}\n$/,
    "  loss part = total(own(item_id) * mean(crop(clicks, 0.5))) * progress\n}\n",
  ).replace("net {", "block own(x: Vec[d]) -> Vec[d] { dropout(x, 0.5) }\nnet {");
  const codes = (of: string) => drawn(of).nodes.map(({ code }) => code);
  const marked = (of: string) => codes(of).filter((code) => code.endsWith(", in training only"));
  expect(marked(text)).toEqual([
    "crop(0.5), in training only",
    "progress, in training only",
    "loss, in training only",
  ]);
  expect(marked(text.replaceAll("own", "dropout").replace("dropout(x, 0.5)", "2 * x"))).toEqual(marked(text));
  for (const name of ofTraining)
    expect(languageFunctions.has(name) || library.get(name) !== undefined, name).toBe(true);
});

test("features, calls and operators under their names, down to the prediction", () => {
  expect(mermaidOf(drawn(SPEC)).split("\n").slice(1, -5).join("\n")).toBe(
    `flowchart TB
  n0(["item_id<br>id embed 8<br>Vec#91;8#93; · N × 8"]):::candidate
  n1(["clicks<br>item_id (max#58; 20)<br>Seq#91;clicks, 8#93; · T × 8"]):::history
  n2["score<br>dot<br>Seq#91;clicks, 1#93; · N × T × 1"]:::candidate_history
  n4["×<br>Seq#91;clicks, 8#93; · N × T × 8"]:::candidate_history
  n5["sum<br>Vec#91;8#93; · N × 8"]:::candidate
  n6["÷ 2<br>Vec#91;8#93; · N × 8"]:::candidate
  n7(["age<br>number<br>Vec#91;1#93; · 1"]):::request
  n8["fold(#91;1#93;, …)<br>Vec#91;8#93; · 8"]:::request
  n9["concat<br>Vec#91;16#93; · N × 16"]:::candidate
  n10["mlp(sizes)<br>Vec#91;8#93; · N × 8"]:::candidate
  n11["dense(1)<br>Vec#91;1#93; · N × 1"]:::candidate
  n12["sigmoid<br>Prob · N × 1"]:::candidate
  n13[["click<br>prediction<br>Prob · N × 1"]]:::candidate
  n0 --> n2
  n1 --> n2
  n2 --> n4
  n1 --> n4
  n4 --> n5
  n5 --> n6
  n7 --> n8
  n1 --> n8
  n6 --> n9
  n8 --> n9
  n9 --> n10
  n10 --> n11
  n11 --> n12
  n12 --> n13`,
  );
});

describe.each(all)("%s", (_path, text) => {
  const drawing = drawn(text);

  test("every node leads to a prediction, inputs first", () => {
    const at = new Map(drawing.nodes.map(({ id }, i) => [id, i]));
    for (const { from, to } of drawing.edges) expect(at.get(from)).toBeLessThan(at.get(to)!);
    const read = new Set(drawing.edges.map(({ from }) => from));
    for (const { id, kind } of drawing.nodes)
      expect(read.has(id)).toBe(!["prediction", "output", "loss"].includes(kind));
    const entered = new Set(drawing.edges.map(({ to }) => to));
    for (const { id, kind } of drawing.nodes)
      expect(entered.has(id)).toBe(!["feature", "history", "label", "parameter"].includes(kind));
  });

  test("the SVG is well-formed, holds nothing that acts, and is the same every time", () => {
    const svg = svgOf(drawing);
    expect(svgOf(drawn(text))).toBe(svg);
    const open: string[] = [];
    const rest = svg.replace(
      /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<>]*")*)(\/?)>/g,
      (_tag, closing: string, name: string, _attributes, empty: string) => {
        expect(["svg", "title", "style", "defs", "marker", "path", "rect", "text", "g"]).toContain(name);
        if (closing === "/") expect(open.pop()).toBe(name);
        else if (empty === "") open.push(name);
        return "";
      },
    );
    expect(open).toEqual([]);
    expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|apos);)/);
    expect(svg).not.toMatch(
      /[\u202a-\u202e\u2066-\u2069]|https?:(?!\/\/www\.w3\.org\/2000\/svg")|NaN|Infinity/,
    );
    expect(svg).toContain("prefers-color-scheme: dark");
    for (const { name } of drawing.nodes) if (name !== null) expect(svg).toContain(`>${name}</text>`);
  });

  test("the mermaid text has nothing but nodes, edges and classes", () => {
    for (const line of mermaidOf(drawing).trimEnd().split("\n"))
      expect(line).toMatch(
        /^(%% \w+: [\w ,;×]+|flowchart TB| {2}n\d+(\(\[|\[\[?)"([\p{L}\p{N} ·×÷−…_.,()+-]|#\d+;|<br>)*"(\]\)|\]?\]):::\w+| {2}n\d+ --> n\d+| {2}classDef \w+ [\w:#,]+)$/u,
      );
  });
});

describe("the layout", () => {
  test.each(all)("of %s: boxes lie apart, edges go down", (_path, text) => {
    const { nodes, edges } = drawn(text);
    const index = new Map(nodes.map(({ id }, i) => [id, i]));
    const pairs = edges.map(({ from, to }) => [index.get(from)!, index.get(to)!] as const);
    const sizes = nodes.map(({ code }) => ({ width: 60 + 7 * code.length, height: 50 }));
    const { boxes, routes, width, height } = layered(sizes, pairs, { between: 20, layers: 40 });
    boxes.forEach((a, i) => {
      expect(a.x).toBeGreaterThanOrEqual(-1e-6);
      expect(a.x + a.width).toBeLessThanOrEqual(width + 1e-6);
      expect(a.y + a.height).toBeLessThanOrEqual(height + 1e-6);
      for (const b of boxes.slice(i + 1)) {
        const beside = a.x + a.width <= b.x - 19.9 || b.x + b.width <= a.x - 19.9;
        expect(beside || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
      }
    });
    for (const route of routes)
      route.forEach(([, y], i) => {
        if (i > 0) expect(y).toBeGreaterThan(route[i - 1]![1]);
      });
  });

  test("a chain hangs straight, without crossings where none are needed", () => {
    const box = { width: 50, height: 20 };
    const { boxes, routes } = layered(
      [box, box, box, box],
      [
        [0, 2],
        [1, 2],
        [2, 3],
      ],
      { between: 10, layers: 10 },
    );
    expect(boxes[2]!.x).toBeCloseTo((boxes[0]!.x + boxes[1]!.x) / 2, 6);
    expect(boxes[3]!.x).toBeCloseTo(boxes[2]!.x, 6);
    const ends = routes.slice(0, 2).map((route) => route.at(-1)![0]);
    expect(Math.sign(ends[0]! - ends[1]!)).toBe(Math.sign(boxes[0]!.x - boxes[1]!.x));
  });

  test("a chain of a thousand steps that all read one feature takes no two seconds", () => {
    const steps = Array.from({ length: 1000 }, (_, i) => `let x${i + 1} = item_id * x${i}`);
    const text = `model long features item { item_id : id embed 4 } label click : binary
      net { let x0 = relu(item_id) ${steps.join("\n")} predict click = x1000 |> dense(1) |> sigmoid }`;
    const { result: svg, milliseconds } = measured(() => svgOf(drawn(text)));
    expect(milliseconds).toBeLessThan(2000);
    expect(svg.match(/class="operator/g)).toHaveLength(1000);
  });
});

describe("dinc graph", () => {
  const model = "examples/din-simulated/model.din";

  test("SVG on standard output, or complete in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dinc-graph-"));
    const { code, out } = await runHere(["graph", model]);
    expect(code).toBe(0);
    expect(out).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(await runHere(["graph", model, "--out", join(folder, "model.svg")])).toMatchObject({
      code: 0,
      out: "",
    });
    expect(readdirSync(folder)).toEqual(["model.svg"]);
    expect(readFileSync(join(folder, "model.svg"), "utf8")).toBe(out);
    const missing = await runHere(["graph", model, "--out", join(folder, "none", "model.svg")]);
    expect(missing).toMatchObject({ code: 1, err: expect.stringMatching(/cannot write .*model\.svg/) });
    rmSync(folder, { recursive: true });
  });

  test("JSON for programs: nodes with types, shapes and places", async () => {
    const { version, nodes, edges } = JSON.parse((await runHere(["graph", model, "--format", "json"])).out);
    expect(version).toBe(1);
    const unit = nodes.find(({ code }: { code: string }) => code === "activation_unit");
    expect(unit).toMatchObject({
      kind: "call",
      name: null,
      type: "Seq[clicks, 1]",
      shape: ["candidates", "clicks", "1"],
      known: "candidate_history",
      doc: "Local activation unit: how much one past item matters to this candidate.",
      file: model,
      range: { start: { line: expect.any(Number), column: expect.any(Number), offset: expect.any(Number) } },
    });
    const target = nodes.find(({ name }: { name: string }) => name === "target");
    expect(edges).toContainEqual({ from: target.id, to: unit.id });
  });

  test("a spec with a mistake is 1, an unknown format is 2, help begins with an example", async () => {
    expect(await runHere(["graph", "tests/bad/unknown-name.din"])).toMatchObject({ code: 1, out: "" });
    expect((await runHere(["graph", model, "--format", "png"])).code).toBe(2);
    expect((await runHere(["graph", "--help"])).out.trimStart()).toMatch(/^\$ dinc graph /);
  });
});
