// Finds the locations of the settings of `train` in the text.

import type { Span } from "../../common/source-file.ts";
import type { Expression, Spec, TrainSetting } from "../../frontend/syntax/nodes.ts";

export function settingOf(spec: Spec, key: string): TrainSetting | null {
  const settings = spec.items.flatMap((item) => (item.kind === "train" ? item.settings : []));
  return settings.find((setting) => setting.key.name === key) ?? null;
}

/**
 * The span of an argument of a setting's call, given by name or at `position`; null if it has its default.
 */
export function argumentOf(value: Expression | undefined, name: string, position: number): Span | null {
  if (value?.kind !== "call") return null;
  const named = value.arguments.find((argument) => argument.name?.name === name);
  if (named !== undefined) return named.value.span;
  const given = value.arguments.filter((argument) => argument.name === null)[position];
  return given?.value.span ?? null;
}
