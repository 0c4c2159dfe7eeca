// Reads `features` items: kinds with their options, transforms, embeddings.

import type { Argument, EmbedClause, FeatureDeclaration, FeaturesItem, KindReference } from "../ast/nodes.ts";
import {
  badEmbed,
  badOptionValue,
  duplicateEnumValue,
  duplicateTransform,
  embedOnNumber,
  emptyEnum,
  rangeReversed,
  transformOnIds,
  unknownKind,
  unknownOption,
  unknownTransform,
} from "../diagnostics/catalog/model.ts";
import {
  isBroken,
  readNumber,
  readWhole,
  removal,
  spanOfArgument,
  withoutElement,
  written,
} from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import type { FeatureKind, NumberTransform } from "./model.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";

const KINDS = ["id", "enum", "int", "number"] as const;
/** What other systems call the kinds. */
const ALIASES: ReadonlyMap<string, (typeof KINDS)[number]> = new Map([
  ...["integer", "bucket"].map((name) => [name, "int"] as const),
  ...["float", "double", "dense", "numeric", "real"].map((name) => [name, "number"] as const),
  ...["categorical", "category", "sparse", "string", "text"].map((name) => [name, "id"] as const),
]);
const TRANSFORMS: readonly NumberTransform[] = ["log1p", "standardize"];

/** More ids than this do not fit a table's row numbers with room to spare. */
const MOST_IDS = 100_000_000;

export function declareFeatures(item: FeaturesItem, declarations: Declarations, reporter: Reporter): void {
  for (const feature of item.features) declareFeature(item, feature, declarations, reporter);
}

function declareFeature(
  { scope }: FeaturesItem,
  syntax: FeatureDeclaration,
  declarations: Declarations,
  reporter: Reporter,
): void {
  const name = syntax.name.name;
  if (!declarations.owns(syntax.name)) return;
  const read = readKind(syntax.type, reporter);
  const embed = syntax.embed === null ? null : readEmbed(syntax.embed, reporter);
  let fine = read !== null && embed !== "bad";
  let kind: FeatureKind = read ?? { kind: "id", minCount: 1 };
  if (read?.kind === "number") {
    if (syntax.embed !== null && embed !== "bad") {
      reporter.report(embedOnNumber, { feature: name }, syntax.embed.span, {
        related: [at(syntax.type.span, "a number")],
        help: "remove `embed`, or declare it as `int(a..b)` or `enum(…)` if its values are categories",
        fixes: [{ title: "remove `embed`", edits: [removal(syntax.embed.span)] }],
      });
      fine = false;
    }
    const transforms = readTransforms(syntax.transforms, reporter);
    if (transforms === null) fine = false;
    else kind = { kind: "number", transforms };
  } else if (read !== null) {
    for (const transform of syntax.transforms) {
      if (!isTransform(transform.name.name)) readTransforms([transform], reporter);
      else
        reporter.report(transformOnIds, { transform: transform.name.name, feature: name }, transform.span, {
          related: [at(syntax.type.span, "ids")],
          help: `remove it, or declare \`${name} : number\``,
        });
      fine = false;
    }
  }
  if (!fine) declarations.broken.add(name);
  declarations.featureSyntax.set(name, syntax);
  declarations.features.set(name, {
    name,
    scope,
    kind,
    embed: kind.kind === "number" || embed === "bad" ? null : embed,
    doc: syntax.doc,
    span: syntax.name.span,
  });
}

/** The width, or "bad" where it was reported. */
export function readEmbed(embed: EmbedClause, reporter: Reporter): number | "bad" {
  if (isBroken(embed.width)) return "bad";
  const width = readWhole(embed.width, 1, 1_000_000);
  if (width !== null) return width;
  reporter.report(badEmbed, { got: written(embed.width) }, embed.width.span, {
    help: "write the width as a number, like `embed 16`",
  });
  return "bad";
}

function isTransform(name: string): name is NumberTransform {
  return (TRANSFORMS as readonly string[]).includes(name);
}

function readTransforms(references: readonly KindReference[], reporter: Reporter): NumberTransform[] | null {
  const transforms: NumberTransform[] = [];
  let fine = true;
  for (const reference of references) {
    const name = reference.name.name;
    if (!isTransform(name)) {
      reporter.report(
        unknownTransform,
        { name },
        reference.name.span,
        didYouMean(reference.name, TRANSFORMS, "transforms are `log1p` and `standardize`"),
      );
      fine = false;
    } else if (transforms.includes(name)) {
      const first = references.find((other) => other.name.name === name)!;
      reporter.report(duplicateTransform, { transform: name }, reference.span, {
        related: [at(first.span, "applied here already")],
        help: "remove one of them",
      });
      fine = false;
    } else {
      if (!rejectOptions(reference, [], reporter)) fine = false;
      transforms.push(name);
    }
  }
  return fine ? transforms : null;
}

/** Reports arguments that are none of `options`. */
function rejectOptions(reference: KindReference, options: readonly string[], reporter: Reporter): boolean {
  let fine = true;
  for (const argument of reference.arguments) {
    if (argument.name !== null && options.includes(argument.name.name)) continue;
    if (isBroken(argument.value)) return false;
    const hint =
      options.length === 0
        ? `\`${reference.name.name}\` takes no options`
        : `its options are ${options.map((option) => `\`${option}\``).join(" and ")}, given by name`;
    const of = reference.name.name;
    if (argument.name === null)
      reporter.report(
        unknownOption,
        { option: written(argument.value).replaceAll("`", ""), of },
        argument.value.span,
        { help: hint },
      );
    else
      reporter.report(
        unknownOption,
        { option: argument.name.name, of },
        argument.name.span,
        didYouMean(argument.name, options, hint),
      );
    fine = false;
  }
  return fine;
}

function option(reference: KindReference, name: string): Argument | undefined {
  return reference.arguments.find((argument) => argument.name?.name === name);
}

/** The kind a reference names, or null where something in it was reported. */
export function readKind(reference: KindReference, reporter: Reporter): FeatureKind | null {
  switch (reference.name.name) {
    case "id":
      return readId(reference, reporter);
    case "enum":
      return readEnum(reference, reporter);
    case "int":
      return readInt(reference, reporter);
    case "number":
      return rejectOptions(reference, [], reporter) ? { kind: "number", transforms: [] } : null;
    default:
      if (reference.name.name !== "")
        reporter.report(
          unknownKind,
          { what: "feature kind", name: reference.name.name },
          reference.name.span,
          kindSuggestion(reference),
        );
      return null;
  }
}

function kindSuggestion({ name }: KindReference) {
  const meant = ALIASES.get(name.name);
  if (meant === undefined) return didYouMean(name, KINDS, "kinds are `id`, `enum`, `int` and `number`");
  return {
    help: `that is \`${meant}\` here`,
    fixes: [{ title: `write \`${meant}\``, edits: [{ span: name.span, text: meant }] }],
  };
}

function readId(reference: KindReference, reporter: Reporter): FeatureKind | null {
  if (!rejectOptions(reference, ["min_count", "size"], reporter)) return null;
  const bad = (argument: Argument, expected: string) => {
    if (!isBroken(argument.value))
      reporter.report(
        badOptionValue,
        { option: `\`${argument.name!.name}\``, of: "id", expected, got: written(argument.value) },
        argument.value.span,
      );
    return null;
  };
  const size = option(reference, "size");
  const minCount = option(reference, "min_count");
  if (size !== undefined && minCount !== undefined) {
    reporter.report(unknownOption, { option: "min_count", of: "id(size: …)" }, spanOfArgument(minCount), {
      related: [at(spanOfArgument(size), "the vocabulary is the numbers from 0 up to this size")],
      help: "`min_count` is for vocabularies learned from the data; keep one of the two",
    });
    return null;
  }
  if (size !== undefined) {
    const value = readWhole(size.value, 1, MOST_IDS);
    return value === null
      ? bad(size, `a whole number from 1 to ${MOST_IDS}, the number of ids`)
      : { kind: "sized_id", size: value };
  }
  if (minCount === undefined) return { kind: "id", minCount: 1 };
  const value = readWhole(minCount.value, 1);
  return value === null ? bad(minCount, "a whole number of at least 1") : { kind: "id", minCount: value };
}

function readEnum(reference: KindReference, reporter: Reporter): FeatureKind | null {
  const values: string[] = [];
  let fine = true;
  for (const argument of reference.arguments) {
    const { value } = argument;
    if (argument.name !== null) {
      reporter.report(unknownOption, { option: argument.name.name, of: "enum" }, argument.name.span, {
        help: 'list the values: `enum("f", "m")`',
      });
      fine = false;
      continue;
    }
    const number = readNumber(value);
    const text = value.kind === "string" ? value.value : number === null ? null : String(number);
    if (text === null) {
      if (!isBroken(value))
        reporter.report(
          badOptionValue,
          { option: "a value", of: "enum", expected: "a string or a number", got: written(value) },
          value.span,
        );
      fine = false;
    } else if (values.includes(text)) {
      const first = reference.arguments[values.indexOf(text)];
      reporter.report(duplicateEnumValue, { value: written(value) }, value.span, {
        related: first === undefined ? [] : [at(first.value.span, "listed here already")],
        help: "remove one of them",
        fixes: withoutElement(value.span),
      });
      fine = false;
    } else values.push(text);
  }
  if (!fine) return null;
  if (values.length > 0) return { kind: "enum", values };
  reporter.report(emptyEnum, {}, reference.span, { help: 'list the values: `enum("f", "m")`' });
  return null;
}

function readInt(reference: KindReference, reporter: Reporter): FeatureKind | null {
  const [range, extra] = reference.arguments;
  const hint = { help: "write both ends: `int(0..23)`" };
  if (extra !== undefined || range?.name != null) {
    const argument = extra ?? range!;
    const text = argument.name?.name ?? written(argument.value).replaceAll("`", "");
    reporter.report(unknownOption, { option: text, of: "int" }, spanOfArgument(argument), hint);
    return null;
  }
  if (range === undefined || range.value.kind !== "range") {
    if (range === undefined || !isBroken(range.value))
      reporter.report(
        badOptionValue,
        {
          option: "the range",
          of: "int",
          expected: "like `0..23`",
          got: range === undefined ? "nothing" : written(range.value),
        },
        range?.value.span ?? reference.span,
        hint,
      );
    return null;
  }
  const least = Number.MIN_SAFE_INTEGER;
  const low = readWhole(range.value.low, least);
  const high = readWhole(range.value.high, least);
  if (low === null || high === null) {
    const wrong = low === null ? range.value.low : range.value.high;
    if (!isBroken(wrong))
      reporter.report(
        badOptionValue,
        { option: "an end of the range", of: "int", expected: "a whole number", got: written(wrong) },
        wrong.span,
        hint,
      );
    return null;
  }
  if (low > high) {
    reporter.report(rangeReversed, { low, high }, range.value.span, {
      help: `write \`${high}..${low}\``,
      fixes: [{ title: "swap the ends", edits: [{ span: range.value.span, text: `${high}..${low}` }] }],
    });
    return null;
  }
  if (high - low >= MOST_IDS) {
    reporter.report(
      badOptionValue,
      {
        option: "the range",
        of: "int",
        expected: `at most ${MOST_IDS} numbers long`,
        got: written(range.value),
      },
      range.value.span,
      { help: "declare it as `number`, or as `id` with a learned vocabulary" },
    );
    return null;
  }
  return { kind: "int", low, high };
}
