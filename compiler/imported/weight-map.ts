// Reads a map of weights: YAML that says where weights of the model come from.
//   weights:
//     net.deep.dense_1.bias: mlp.mlp.4.bias + fm.lr_layer.bias
//   unused: [gate.*]

import { parse } from "yaml";
import { ExpressionError, readExpression, type WeightExpression } from "./expression.ts";
import { CheckpointError } from "./files/random-access.ts";
import type { CheckpointTensor } from "./files/tensors.ts";

export interface WeightMap {
  /** By weight or table of the model. */
  readonly weights: ReadonlyMap<string, WeightExpression>;
  /** Whether a weight of the checkpoint is left out on purpose. */
  readonly isLeftOut: (name: string) => boolean;
}

export const NO_MAP: WeightMap = { weights: new Map(), isLeftOut: () => false };

/** Throws CheckpointError, with a clause that completes "the map …". */
export function readWeightMap(text: string, tensors: readonly CheckpointTensor[]): WeightMap {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const parsed = yamlOf(text);
  const {
    weights = {},
    unused = [],
    ...others
  } = parsed as { readonly weights?: unknown; readonly unused?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined) throw new CheckpointError(`has "${other}"; there are "weights" and "unused"`);
  if (!isObject(weights)) throw new CheckpointError('has "weights" that are not names with expressions');
  if (!Array.isArray(unused) || !unused.every((name) => typeof name === "string"))
    throw new CheckpointError('has "unused" that is not a list of names');
  const patterns = unused.map((name: string) => ({ name, matches: matcher(name) }));
  for (const { name, matches } of patterns)
    if (!tensors.some((tensor) => matches(tensor.name)))
      throw new CheckpointError(`leaves out "${name}", which the checkpoint has not`);
  return {
    weights: new Map(
      Object.entries(weights).map(([name, value]) => {
        try {
          return [name, readExpression(String(value), (wanted) => byName.get(wanted) ?? null)];
        } catch (error) {
          if (error instanceof ExpressionError) throw new CheckpointError(`for "${name}" ${error.message}`);
          throw error;
        }
      }),
    ),
    isLeftOut: (name) => patterns.some(({ matches }) => matches(name)),
  };
}

function yamlOf(text: string): object {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    throw new CheckpointError(`is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  if (parsed === null) return {};
  if (!isObject(parsed)) throw new CheckpointError('needs "weights", with names and expressions');
  return parsed;
}

/** `*` stands for any text. */
function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*");
  return (name) => {
    const [first] = parts;
    const last = parts.at(-1)!;
    if (parts.length === 1) return name === pattern;
    let at = first!.length;
    if (!name.startsWith(first!) || !name.endsWith(last) || name.length < at + last.length) return false;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
