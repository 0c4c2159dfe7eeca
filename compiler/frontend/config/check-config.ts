// Checks a dinc.yaml, which may be unsaved, as `dinc train` does before it reads data: the file, its values
// for params of the spec, and errors of that spec, which are shown where dinc.yaml names it.

import type { SourceFile } from "../../common/source-file.ts";
import { configSyntax } from "../../diagnostics/catalog/data.ts";
import type { Diagnostic, Location } from "../../diagnostics/diagnostic.ts";
import { type Analysis, analyse, type CheckOptions } from "../check/check.ts";
import type { Config } from "./config.ts";
import { readSettings, type System } from "./read-settings.ts";
import { trainingProblems } from "./training-problems.ts";

/** The system with texts that may not be saved. */
export interface Files extends System {
  /** Null where there is no such file. */
  file(path: string): SourceFile | null;
  /** As the compiler's `analyse`, for those who keep what they analysed. */
  analyse?(spec: SourceFile, options: CheckOptions): Analysis;
}

export interface CheckedConfig {
  /** As far as it could be read. */
  readonly config: Config;
  /** All of them stand in the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** The spec that it names, with its params and its variant; null where there is none to read. */
  readonly spec: Analysis | null;
}

export function checkConfig(file: SourceFile, files: Files): CheckedConfig {
  const { value: config, diagnostics } = readSettings(file, [], files);
  const source = config.spec === null ? null : files.file(config.spec);
  // Which spec is meant may be for the command line to say.
  if (source === null) return { config, diagnostics, spec: null };
  const { params, variant, locations } = config;
  const resolve = (path: string) => files.file(path);
  const options: CheckOptions = { resolve, params, variant };
  const spec = files.analyse?.(source, options) ?? analyse(source, options);
  // Of a text that cannot be read nothing else is known for sure.
  if (diagnostics.some(({ code }) => code === configSyntax.code)) return { config, diagnostics, spec };
  const isHere = ({ location }: Diagnostic) => location.kind === "text" && location.span.file === file;
  const found = spec.diagnostics.map((each) => {
    if (isHere(each) || each.severity !== "error") return each;
    return { ...shownAt(locationOfParam(each, spec, config) ?? locations.spec, each), fixes: [] };
  });
  // Of a spec without errors only: otherwise `dinc train` gets no further either.
  const together = spec.value === null ? [] : trainingProblems(spec.value, config);
  const ofData = together.map((each) => (isHere(each) ? each : shownAt(locations.data, each)));
  return { config, diagnostics: [...diagnostics, ...found, ...ofData].filter(isHere), spec };
}

/** Where the value was given of a param that an error of the spec is about. */
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
