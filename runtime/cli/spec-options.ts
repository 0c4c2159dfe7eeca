// Options about specs: standard input as `-`, `--param` and `--variant`.

import { existsSync } from "node:fs";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { ParamOverride } from "../../compiler/frontend/modules/params.ts";
import { type ModelOptions, type ModelSource, unreadable } from "../driver/read-spec.ts";
import { collected, textOfBytes } from "../files/read-text.ts";

export interface SpecOptions {
  readonly param?: readonly string[];
  readonly variant?: string;
}

/** The spec that an argument names. `-` is standard input, which messages call `stdinPath`. */
export async function specAt(path: string, stdinPath = "<stdin>"): Promise<ModelSource> {
  if (path !== "-") return path;
  try {
    return sourceFile(stdinPath, textOfBytes(await collected(process.stdin), stdinPath, false));
  } catch (error) {
    throw unreadable("standard input", error);
  }
}

export function modelOptions({ param = [], variant }: SpecOptions): ModelOptions {
  const params = paramsOf(param);
  return variant === undefined ? { params } : { params, variant: { name: variant, location: noLocation } };
}

/** The named dinc.yaml, or else the one in the current folder; null if there is none. */
export function configAt(config: string | undefined): string | null {
  return config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
}

const DEFAULT_CONFIG = "dinc.yaml";

/** A run already has its variant and parameter values. */
export function requireNone({ param = [], variant }: SpecOptions): void {
  if (param.length > 0 || variant !== undefined)
    throw new UsageError("a run was trained with its params and its variant: give the spec to choose others");
}

/** Their locations refer to the command line, written as one line. */
function paramsOf(param: readonly string[]): ParamOverride[] {
  const flags = param.map((argument) => `--param ${argument}`);
  const file = sourceFile("command line", flags.join(" "));
  let start = 0;
  return flags.map((flag, i) => {
    const argument = param[i]!;
    const equals = argument.indexOf("=");
    if (equals < 1) throw new UsageError(`--param ${argument}: write --param name=value`);
    const from = start + "--param ".length;
    const location = (first: number, last: number) =>
      ({ kind: "text", span: { file, start: from + first, end: from + last } }) as const;
    start += flag.length + 1;
    return {
      name: argument.slice(0, equals).trim(),
      text: argument.slice(equals + 1),
      nameLocation: location(0, equals),
      location: location(equals + 1, argument.length),
      by: `\`${flag}\``,
    };
  });
}
