// Options that several commands share, and what their values have to be.

import { InvalidArgumentError, Option } from "commander";
import { engines, replacementOf, targets } from "../../compiler/backends/choices.ts";
import { type EmitOptionName, emitOptions } from "../../compiler/backends/contract/emit-options.ts";
import { badRowPolicies } from "../../compiler/frontend/config/choices.ts";

export function paramOption(): Option {
  return new Option("--param <name=value>", "set a param of the spec; repeatable")
    .argParser<string[]>((value, previous) => collect(value, previous ?? []))
    .default([], "none");
}

export function variantOption(): Option {
  return new Option("--variant <name>", "use this variant of the model");
}

export function backendOption(): Option {
  const choices = ["auto", ...engines.map(({ name }) => name)];
  return new Option("--backend <backend>", "the back end; auto chooses the faster one for the model")
    .choices(choices)
    .default("auto")
    .argParser((name) => {
      if (choices.includes(name) || replacementOf(name) !== null) return name;
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
    });
}

export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "threads that compute a step with --backend wasm; results are the same for any number (default: as many as make it faster)",
  ).argParser(positiveWholeNumber);
}

export function wideVectorsOption(): Option {
  return new Option(
    "--wide-vectors",
    "compute with V8's experimental vectors of 256 bits with --backend wasm: faster, and the same results (Node 22 and later)",
  );
}

/** What only some targets take, with their names. */
export function emitOptionsOf(): Option[] {
  return Object.entries(emitOptions).map(([name, { flag, doc, choices }]) => {
    const takers = targets.filter(({ takes }) => takes.includes(name as EmitOptionName));
    const option = new Option(flag, `${takers.map((target) => target.name).join(", ")}: ${doc}`);
    switch (choices) {
      case "names":
        return option.argParser<string[]>((value, previous) => collect(value, previous ?? []));
      case "number":
        return option.argParser(wholeNumber);
      default:
        return option.choices([...choices]);
    }
  });
}

export function badRowOption(otherwise: string): Option {
  return new Option(
    "--on-bad-row <policy>",
    `rows that cannot be read: fail at once, skip them and report how many, or count them in every file and then fail (default: ${otherwise})`,
  ).choices(Object.keys(badRowPolicies));
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "")
    throw new InvalidArgumentError("Expected a whole number.");
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("Expected at least 1.");
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number greater than 0.");
  return value;
}
