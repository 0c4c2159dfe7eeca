// Reads `label` items and the values that a label may have.

import { shared } from "../../diagnostics/catalog/helps.ts";
import {
  labelNotTransformed,
  labelNotUndone,
  tooManyClasses,
  twoClasses,
} from "../../diagnostics/catalog/labels.ts";
import { badOptionValue, unknownKind, unknownOption } from "../../diagnostics/catalog/model.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { enumeration } from "../kinds/enum.kind.ts";
import { int } from "../kinds/int.kind.ts";
import { isTransform, readPipe } from "../kinds/read-kind.ts";
import { allTransforms } from "../kinds/transforms.ts";
import { MOST_CLASSES } from "../labels/classes.label.ts";
import { labelKinds, labelTypeText } from "../labels/registry.ts";
import type { LabelType } from "../model/model.ts";
import { isBroken, quoteExpression, spanOfArgument } from "../syntax/constants.ts";
import type { KindReference, LabelItem } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { readLabelOptions } from "./label-options.ts";

/** Label readers by the first word of the kind. */
const readers: Readonly<
  Record<string, (type: KindReference, label: string, reporter: Reporter) => LabelType | null>
> = {
  binary: (type, _, reporter) => readBinary(type, reporter),
  number: (type, _, reporter) => (withoutOptions(type, reporter) ? { kind: "number", transforms: [] } : null),
  enum: (type, label, reporter) => {
    const read = enumeration.read(type, reporter);
    if (read === null || !hasClasses(read.values.length, label, type, reporter)) return null;
    return { kind: "enum", classes: read.values };
  },
  int: (type, label, reporter) => {
    const read = int.read(type, reporter);
    if (read === null) return null;
    const { low, high } = read;
    if (!hasClasses(high - low + 1, label, type, reporter)) return null;
    return { kind: "int", low, classes: Array.from({ length: high - low + 1 }, (_, i) => String(low + i)) };
  },
};

const allKinds = Object.values(labelKinds)
  .map(({ form, doc }) => `\`${form}\`: ${doc.charAt(0).toLowerCase()}${doc.slice(1, doc.search(/[;,.]/))}`)
  .join("; ");

export function declareLabel(item: LabelItem, declarations: Declarations, reporter: Reporter): void {
  if (!declarations.owns(item.name)) return;
  const { mayBeMissing, weight, others } = readLabelOptions(item, reporter);
  const written = { ...item.type, arguments: others };
  const { name } = item.name;
  const reader = Object.hasOwn(readers, written.name.name) ? readers[written.name.name] : undefined;
  const plain = reader?.(written, name, reporter) ?? null;
  const type = plain === null ? null : transformed(plain, item, reporter);
  if (reader === undefined && written.name.name !== "")
    reporter.report(
      unknownKind,
      { what: "label kind", name: written.name.name },
      written.name.span,
      reporter.didYouMean(
        written.name,
        Object.keys(readers),
        unknownKind.helps.labelKinds(allKinds),
        "label kind",
      ),
    );
  if (type === null) declarations.broken.add(name);
  declarations.labels.set(name, {
    ...{ name, type: type ?? { kind: "binary" }, mayBeMissing, weight },
    ...{ doc: item.doc, span: item.name.span },
  });
}

/** The type with the transforms after it; null if a mistake was reported. */
function transformed(type: LabelType, { name, transforms }: LabelItem, reporter: Reporter): LabelType | null {
  const [first] = transforms;
  if (first === undefined) return type;
  const label = name.name;
  if (type.kind !== "number") {
    const parameters = { label, transform: first.name.name, kind: labelTypeText(type) };
    reporter.report(labelNotTransformed, parameters, first.span);
    return null;
  }
  const ids = transforms.find((each) => isOfIds(each.name.name));
  if (ids !== undefined) {
    reporter.report(labelNotUndone, { label, transform: ids.name.name }, ids.span);
    return null;
  }
  const pipe = readPipe(transforms, reporter);
  return pipe === null ? null : { kind: "number", transforms: pipe.transforms };
}

/** Tells whether a transform makes ids, from which no number can be recovered. */
function isOfIds(name: string): boolean {
  return isTransform(name) && allTransforms.every(({ keyword }) => keyword !== name);
}

/** `binary`, `binary(soft)` */
function readBinary(type: KindReference, reporter: Reporter): LabelType | null {
  const [first, second] = type.arguments;
  if (first === undefined) return { kind: "binary" };
  const isSoft = first.name === null && first.value.kind === "name" && first.value.name === "soft";
  if (isSoft && second === undefined) return { kind: "share" };
  const wrong = isSoft ? second! : first;
  if (!isBroken(wrong.value))
    reporter.report(
      badOptionValue,
      { option: "an option", of: "binary", expected: "`soft`", got: quoteExpression(wrong.value) },
      spanOfArgument(wrong),
      { help: shared.write("binary(soft)") },
    );
  return null;
}

function withoutOptions(type: KindReference, reporter: Reporter): boolean {
  const [option] = type.arguments;
  if (option === undefined) return true;
  const { name } = type.name;
  reporter.report(unknownOption, { option: option.name?.name ?? "…", of: name }, type.span, {
    help: shared.write(name),
  });
  return false;
}

function hasClasses(classes: number, label: string, type: KindReference, reporter: Reporter): boolean {
  if (classes > MOST_CLASSES)
    reporter.report(tooManyClasses, { label, classes, most: MOST_CLASSES }, type.span);
  else if (classes < 2) reporter.report(twoClasses, { label }, type.span);
  else return true;
  return false;
}
