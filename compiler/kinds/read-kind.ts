// Reads a kind and its transforms as the author wrote them, by what the registry has.

import type { KindReference } from "../ast/nodes.ts";
import { duplicateTransform, unknownKind, unknownTransform } from "../diagnostics/catalog/model.ts";
import { optionsExclude } from "../diagnostics/catalog/values.ts";
import type { Details } from "../diagnostics/diagnostic.ts";
import { spanOfArgument, withoutElement } from "../model/constants.ts";
import type { FeatureKind, NumberTransform } from "../model/model.ts";
import { at, didYouMean, type Reporter } from "../model/reporter.ts";
import type { KindDefinition } from "./define-kind.ts";
import { rejectOptions } from "./options.ts";
import { allKinds, allTransforms } from "./registry.ts";

const keywords = [...new Set(allKinds.map(({ keyword }) => keyword))];
const transformKeywords = allTransforms.map(({ keyword }) => keyword);

/** The kind a reference names, or null where something in it was reported. */
export function readKind(reference: KindReference, reporter: Reporter): FeatureKind | null {
  const { name } = reference;
  const definitions = allKinds.filter(({ keyword }) => keyword === name.name);
  if (definitions.length > 0)
    return chosen(reference, definitions, reporter)?.read(reference, reporter) ?? null;
  if (name.name !== "")
    reporter.report(unknownKind, { what: "feature kind", name: name.name }, name.span, suggestion(reference));
  return null;
}

/** Of the definitions that share a keyword, the one that has all the options given. */
function chosen(
  reference: KindReference,
  definitions: readonly KindDefinition<FeatureKind>[],
  reporter: Reporter,
): KindDefinition<FeatureKind> | null {
  if (definitions.length === 1) return definitions[0]!;
  const options = definitions.flatMap((definition) => definition.options);
  if (!rejectOptions(reference, options, reporter)) return null;
  const given = reference.arguments;
  const having = (names: readonly string[]) =>
    definitions.find((definition) => names.every((name) => definition.options.includes(name)));
  const found = having(given.map((argument) => argument.name!.name));
  if (found !== undefined) return found;
  for (const [i, second] of given.entries())
    for (const first of given.slice(0, i)) {
      const names = [first.name!.name, second.name!.name] as const;
      if (having(names) !== undefined) continue;
      const parameters = { first: names[0], second: names[1], of: reference.name.name };
      reporter.report(optionsExclude, parameters, spanOfArgument(second), {
        related: [at(spanOfArgument(first), "says already where the ids come from")],
        help: "keep one of the two",
        fixes: withoutElement(spanOfArgument(second)).map((fix) => ({ ...fix, isGuess: true })),
      });
    }
  return null;
}

function suggestion({ name }: KindReference): Details {
  const meant = allKinds.find(({ aliases }) => aliases.includes(name.name))?.keyword;
  if (meant === undefined) return didYouMean(name, keywords, `kinds are ${listed(keywords)}`);
  return {
    help: `that is \`${meant}\` here`,
    fixes: [{ title: `write \`${meant}\``, edits: [{ span: name.span, text: meant }] }],
  };
}

/** `a`, `b` and `c` */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}

export function isTransform(name: string): boolean {
  return (transformKeywords as readonly string[]).includes(name);
}

/** The transforms of a number, in the order in which they are applied; null where something was reported. */
export function readTransforms(
  references: readonly KindReference[],
  reporter: Reporter,
): NumberTransform[] | null {
  const transforms: NumberTransform[] = [];
  let fine = true;
  for (const [i, reference] of references.entries()) {
    const { name } = reference;
    const definition = allTransforms.find(({ keyword }) => keyword === name.name);
    const first = references.slice(0, i).find((other) => other.name.name === name.name);
    let transform: NumberTransform | null = null;
    if (definition === undefined)
      reporter.report(
        unknownTransform,
        { name: name.name },
        name.span,
        didYouMean(name, transformKeywords, `transforms are ${listed(transformKeywords)}`),
      );
    else if (first !== undefined)
      reporter.report(duplicateTransform, { transform: name.name }, reference.span, {
        related: [at(first.span, "applied here already")],
        help: "remove one of them",
      });
    else transform = definition.read(reference, reporter);
    if (transform === null) fine = false;
    else transforms.push(transform);
  }
  return fine ? transforms : null;
}
