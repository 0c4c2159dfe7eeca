// What is said of dinc.yaml while it is written: what `dinc train` would say, at the same places.

import { describe, expect, test } from "vitest";
import { textOf } from "../../../compiler/common/source-file.ts";
import { SPEC, yamlView } from "./views.ts";

/** `code «text it is at»`, then the texts of other places. */
function said(yaml: string, spec?: string): readonly string[] {
  const { view } = yamlView(yaml, spec);
  return view.diagnostics.map(({ code, location, related }) => {
    const at = [location, ...related.map((each) => each.location)];
    return [code, ...at.map((each) => (each.kind === "text" ? `«${textOf(each.span)}»` : each.kind))].join(
      " ",
    );
  });
}

const ROWS = "data:\n  train: rows.csv\n";
const EVENTS = "data:\n  events: { path: log.csv, user: u, item: i, order: t }\n";

describe("of the file itself", () => {
  test("nothing where nothing is wrong", () => {
    expect(said(`spec: model.din\nvariant: plain\nparams: { rate: 0.1 }\n${ROWS}`)).toEqual([]);
    expect(said(ROWS)).toEqual([]);
    expect(said("spec: model.din")).toEqual([]);
  });

  test("settings that do not exist, wrong values, files that are missing", () => {
    expect(said("spce: model.din")).toEqual(["DIN0521 «spce»"]);
    expect(said("train: { epochs: -1 }")).toEqual(["DIN0522 «-1»"]);
    expect(said("spec: absent.din")).toEqual(["DIN0528 «absent.din»"]);
    expect(said("data:\n  train: rows.xlsx")).toEqual(["DIN0528 «rows.xlsx»"]);
    expect(said("data:\n  train: model.din")).toEqual(["DIN0540 «model.din»"]);
    expect(said(`data:\n  train: \${NOWHERE}/rows.csv`)).toEqual([`DIN0526 «\${NOWHERE}/rows.csv»`]);
  });

  test("of a text that is no YAML, only that", () => {
    expect(said("spec: model.din\nparams: { wrong: 1\ndta: 2")).toEqual([expect.stringMatching(/^DIN0520/)]);
  });
});

describe("of the file and its spec", () => {
  test("params and variants", () => {
    expect(said(`spec: model.din\nparams:\n  unit: [4]\n${ROWS}`)).toEqual(["DIN0415 «unit» «units»"]);
    expect(said("spec: model.din\nparams:\n  units: 4")).toEqual(["DIN0416 «4» «param units = [16, 8]»"]);
    expect(said("spec: model.din\nvariant: plan")).toEqual(["DIN0417 «plan»"]);
  });

  test("also where data are not on this machine", () => {
    expect(said("spec: model.din\nparams:\n  unit: [4]\ndata:\n  train: absent.csv\n")).toEqual([
      "DIN0528 «absent.csv»",
      "DIN0415 «unit» «units»",
    ]);
  });

  test("what a value makes wrong in the spec is shown at the value", () => {
    expect(said("spec: model.din\nparams:\n  rate: 0.1\n  units: [0]")).toEqual([
      "DIN0284 «[0]» «mlp(units)» «n» «units»",
    ]);
  });

  test("errors of the spec are shown where it is named, warnings are not", () => {
    const broken = SPEC.replace("dense(1) |> sigmoid }\ntrain", "dens(1) |> sigmoid }\ntrain");
    expect(said("spec: model.din", broken)).toEqual(["DIN0261 «model.din» «dens»"]);
    const unused = SPEC.replace("price : number |> log1p", "price : number  age : number");
    expect(said("spec: model.din", unused)).toEqual([]);
  });

  test("users whom a table would not know", () => {
    const keptBy = (by: string) => `spec: model.din\n${ROWS}  validate: { share: 0.1, by: ${by} }`;
    const known = SPEC.replace(/user_id : id(?! {2}embed)/, "user_id : id  embed 4");
    expect(said(keptBy("user_id"), known)).toEqual(["DIN0442 «validate»"]);
    expect(said(keptBy("session"), known)).toEqual([]);
  });

  test("an early stop needs validation rows", () => {
    const stopping = SPEC.replace(
      "adam(rate)",
      "adam(rate)  epochs 3  metrics log_loss  stop early(log_loss)",
    );
    expect(said(`spec: model.din\n${ROWS}`, stopping)).toEqual(["DIN0434 «data»"]);
    expect(said(`spec: model.din\n${EVENTS}`, stopping)).toEqual(["DIN0434 «events»"]);
    expect(said(`spec: model.din\n${ROWS}  valid: log.csv`, stopping)).toEqual([]);
    expect(said(`spec: model.din\n${ROWS}  valid: rows.csv`, stopping)).toEqual(["DIN0595 «valid»"]);
    expect(said(`spec: model.din\n${EVENTS}  validate: { share: 0.1 }`, stopping)).toEqual([]);
  });

  test("what cannot be made from an event log", () => {
    const both = SPEC.replace("label click : binary", "label click : binary\nlabel buy : number").replaceAll(
      "predict click =",
      "predict buy = price |> dense(1)\n  predict click =",
    );
    expect(said(`spec: model.din\n${EVENTS}`, both)).toEqual(["DIN0696 «events» «buy»"]);
    expect(said(`spec: model.din\n${ROWS}`, both)).toEqual([]);
  });
});
