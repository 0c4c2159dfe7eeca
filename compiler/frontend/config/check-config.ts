// Checks a dinc.yaml, which may be unsaved, as `dinc train` does before it reads data: the file, its values
// for params of the spec, and errors of that spec, shown where dinc.yaml names it.

import type { SourceFile } from "../../common/source-file.ts";
import { configSyntax } from "../../diagnostics/catalog/data.ts";
import type { Diagnostic, Location } from "../../diagnostics/diagnostic.ts";
import { type Analysis, analyse, type CheckOptions } from "../check/check.ts";
import type { Config } from "./config.ts";
import { readSettings, type System } from "./read-settings.ts";
import { trainingProblems } from "./training-problems.ts";

/** The system, including texts that may not be saved. */
export interface Files extends System {
  /** Null if there is no such file. */
  file(path: string): SourceFile | null;
  /** Like the compiler's `analyse`, for callers that cache analyses. */
  analyse?(spec: SourceFile, options: CheckOptions): Analysis;
}

export interface CheckedConfig {
  /** The part of the settings that could be read. */
  readonly config: Config;
  /** All of them have a location in the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** The spec that the file names, with its params and its variant; null if it can't be read. */
  readonly spec: Analysis | null;
}

export function checkConfig(file: SourceFile, files: Files): CheckedConfig {
  const { value: config, diagnostics } = readSettings(file, [], files);
  const source = config.spec === null ? null : files.file(config.spec);
  // The command line may name the spec instead.
  if (source === null) return { config, diagnostics, spec: null };
  const { params, variant, locations } = config;
  const resolve = (path: string) => files.file(path);
  const options: CheckOptions = { resolve, params, variant };
  const spec = files.analyse?.(source, options) ?? analyse(source, options);
  // If the text is not valid YAML, nothing else is certain.
  if (diagnostics.some(({ code }) => code === configSyntax.code)) return { config, diagnostics, spec };
  const isHere = ({ location }: Diagnostic) => location.kind === "text" && location.span.file === file;
  const found = spec.diagnostics.map((each) => {
    if (isHere(each) || each.severity !== "error") return each;
    return { ...shownAt(locationOfParam(each, spec, config) ?? locations.spec, each), fixes: [] };
  });
  // Checked only if the spec has no errors, because `dinc train` stops there too.
  const together = spec.value === null ? [] : trainingProblems(spec.value, config);
  const ofData = together.map((each) => (isHere(each) ? each : shownAt(locations.data, each)));
  return { config, diagnostics: [...diagnostics, ...found, ...ofData].filter(isHere), spec };
}

/** The location of the param value that an error of the spec is about. */
function locationOfParam({ related }: Diagnostic, { params }: Analysis, config: Config): Location | null {
  for (const { location } of related) {
    if (location.kind !== "text") continue;
    const { file, start } = location.span;
    for (const [name, { item, by }] of params) {
      const { span } = item.name;
      if (by === null || span.file !== file || span.start !== start) continue;
      return config.params.findLast((each) => each.name === name)?.location ?? null;
    }
  }
  return null;
}

function shownAt(location: Location, diagnostic: Diagnostic): Diagnostic {
  const { label: _, ...rest } = diagnostic;
  if (diagnostic.location.kind === "none") return { ...rest, location };
  const origin = { location: diagnostic.location, label: diagnostic.label ?? "here" };
  return { ...rest, location, related: [origin, ...diagnostic.related] };
}
