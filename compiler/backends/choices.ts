// Lists the choices that the registry offers: engines for training, and targets of `dinc compile`.

import { option, type Wording, wording } from "../common/option-text.ts";
import type { CompileTarget } from "./contract/backend.ts";
import {
  type EmitOption,
  type EmitOptionName,
  type EmitOptions,
  emitOptions,
} from "./contract/emit-options.ts";
import { type BackendName, backends } from "./registry.ts";

type Registered = (typeof backends)[BackendName];

/** The type of each engine, with the argument of its `open`. */
export type Engine = Registered["engines"][number];
export type EngineName = Engine["name"];

/** Choices of `--backend`. */
export const engines: readonly Engine[] = Object.values(backends).flatMap(({ engines }) => [...engines]);

/** Former engines, each with its replacement. */
const replacements: Readonly<Record<string, EngineName>> = { cpu: "wasm" };

/** The engine that replaces a removed one, for commands and runs that name it; null for any other name. */
export function replacementOf(name: string): EngineName | null {
  return replacements[name] ?? null;
}

export type TargetName = NonNullable<Registered["target"]>["name"];

export const targets: readonly (CompileTarget & { readonly name: TargetName })[] = Object.values(
  backends,
).flatMap(({ target }) => target ?? []);

const emitted = Object.entries(emitOptions) as [EmitOptionName, EmitOption][];

/**
 * The message that the target does not accept one of the options, with the targets that do; null if it
 * accepts all.
 */
export function notTaken(target: CompileTarget, given: EmitOptions): Wording | null {
  const { takes } = target;
  for (const [name, { everywhere }] of emitted) {
    const value = given[name];
    const isAsked = value !== undefined && String(value) !== "" && String(value) !== everywhere;
    if (!isAsked || takes.includes(name)) continue;
    const others = targets.filter((other) => other.takes.includes(name));
    const takers = others.map((other) => other.name);
    return wording`${option(name)} is for ${option("target", takers)}, not for ${target.name}`;
  }
  return null;
}
