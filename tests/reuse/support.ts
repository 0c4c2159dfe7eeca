// Specs of several files, written in a test.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { type Analysis, analyse, type CheckOptions, check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { ParamOverride } from "../../compiler/frontend/modules/params.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";

/** Texts by path; `main.din` is the spec. */
export type Files = Readonly<Record<string, string>> & { readonly "main.din": string };

export function optionsFor(files: Files, more: CheckOptions = {}): CheckOptions {
  const parsed = new Map(Object.entries(files).map(([path, text]) => [path, sourceFile(path, text)]));
  return { resolve: (path) => parsed.get(path) ?? null, ...more };
}

export function checkFiles(files: Files, more: CheckOptions = {}) {
  return check(sourceFile("main.din", files["main.din"]), optionsFor(files, more));
}

export function analyseFiles(files: Files, more: CheckOptions = {}): Analysis {
  return analyse(sourceFile("main.din", files["main.din"]), optionsFor(files, more));
}

/** `CODE path:what is pointed at`, for everything that is wrong. */
export function findings(files: Files, more: CheckOptions = {}): string[] {
  return checkFiles(files, more).diagnostics.map(({ code, location }) => {
    if (location.kind !== "text") return code;
    const { file, start, end } = location.span;
    return `${code} ${file.path}:${file.text.slice(start, end)}`;
  });
}

/** The model of files that are clean. */
export function modelOfFiles(files: Files, more: CheckOptions = {}): Model {
  const { value, diagnostics } = checkFiles(files, more);
  if (value === null || diagnostics.length > 0) throw new Error(renderPretty(diagnostics));
  return value;
}

export function graphText(model: Model): string {
  return printGraph(lower(model));
}

/** Values for params, each `name=value`, given by the command line. */
export function params(...flags: readonly string[]): readonly ParamOverride[] {
  return flags.map((flag) => {
    const file = sourceFile("command line", `--param ${flag}`);
    const location = { kind: "text", span: { file, start: 8, end: file.text.length } } as const;
    const [name = "", text = ""] = flag.split("=");
    return { name, text, location, nameLocation: location, by: `\`--param ${flag}\`` };
  });
}

export function variant(name: string): CheckOptions {
  return { variant: { name, location: { kind: "none" } } };
}
