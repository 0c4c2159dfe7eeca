// Functions whose use declares a table: `weight` for a linear part, `embed` for further embeddings.

import { invariant } from "../../common/internal-error.ts";
import { timeAlone } from "../../diagnostics/catalog/searches.ts";
import { tableNameNotAName, tableNameVaries } from "../../diagnostics/catalog/tables.ts";
import type { Initializer } from "../../middle/graph/graph.ts";
import { hasIds } from "../kinds/registry.ts";
import { ownerOf, type TableInit, tableNames } from "../model/model.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { everyRowOf } from "../values/every.ts";
import { nameOf, stacked } from "../values/leading-axes.ts";
import { inside } from "../values/lift.ts";
import { defaultTable, lookUp, NORMAL, scaledNumber } from "../values/tables.ts";
import { ERROR, isTensor, listValue, plainValue } from "../values/types.ts";
import type { FeatureReference, FeatureType, FunctionCall, LeadingAxes, Value } from "../values/values.ts";

export const weight = defineFunction({
  name: "weight",
  doc: [
    "`weight(feature: Feature) -> Vec[1]` is a feature's weight in a linear part: of a feature with ids one number for each id,",
    "from 0; of a number w·x with one learned w. It needs no `embed`. Of a history's field it is `Seq[history, 1]`, from",
    "the same weights as its feature's. However often the network reads it, a feature has one weight (the wide part",
    "of Cheng et al. 2016; the first order of Guo et al. 2017).",
  ].join("\n"),
  parameters: [{ name: "feature", accepts: "feature" }],
  takesRows: true,
  apply(call) {
    return ofEach(call, call.feature("feature"), (reference) => {
      const name = tableNames.weight(ownerOf(reference.feature));
      return inTable(call, reference, { name, width: 1, init: { kind: "zeros" } });
    });
  },
});

export const embed = defineFunction({
  name: "embed",
  doc: [
    '`embed(feature: Feature, width: Int, name: String = "") -> Vec[width]` is another embedding of a feature, from a table over the',
    "same ids that this use declares; a feature without `embed` may have one too. The same feature, width and `name` are",
    "the same table everywhere. For a number it is x·v with a learned vector v (numeric fields of AutoInt, Song et",
    "al. 2019); for a history's field it is `Seq[history, width]`, from the same table as its feature's. `name` may be",
    "another feature or a whole number, which stands for its text: field-aware models have a table for each other feature.",
  ].join("\n"),
  parameters: [
    { name: "feature", accepts: "feature" },
    { name: "width", accepts: "width" },
    { name: "name", accepts: "name", default: () => plainValue({ kind: "string", value: "" }) },
  ],
  takesRows: true,
  apply(call) {
    const width = constantOf(call.width("width"));
    invariant(width !== null, "features are seen where every width is a number");
    const name = tableName(call);
    if (name === null) return ERROR;
    const { lift } = call.feature("feature");
    if (lift !== null && name.lift !== null && lift.list !== name.lift.list) {
      call.elaboration.report(tableNameVaries, {}, call.argument("name").span);
      return ERROR;
    }
    const read = (reference: FeatureReference, i: number) => {
      const table = tableNames.embed(ownerOf(reference.feature), width, name.of(i));
      return inTable(call, reference, { name: table, width, init: NORMAL });
    };
    return ofEach(call, call.feature("feature"), read, name.lift);
  },
});

interface TableName {
  /** The outer axes; null for a single feature. */
  readonly lift: LeadingAxes | null;
  readonly of: (i: number) => string | null;
}

/** Null if it isn't a name, which is reported. */
function tableName(call: FunctionCall): TableName | null {
  const { value, span } = call.argument("name");
  const { type } = value;
  if (type.kind === "feature") {
    const { references, lift } = type;
    return { lift, of: (i) => nameInTable(references[lift === null ? 0 : i]!) };
  }
  const number = type.kind === "int" ? constantOf(type.value) : null;
  const given = number === null ? call.text("name") : String(number);
  if (number === null && given !== "" && !/^[a-z_][a-z0-9_]*$/i.test(given)) {
    call.elaboration.report(tableNameNotAName, { name: given }, span);
    return null;
  }
  return { lift: null, of: () => (given === "" ? null : given) };
}

/** No name of a table contains a `.` of its own. */
function nameInTable(reference: FeatureReference): string {
  return nameOf(reference).replace(".", "_of_");
}

/**
 * Applies `read` to a feature, or to each in a list; a single feature is read again for each element of
 * `along`.
 */
export function ofEach(
  call: FunctionCall,
  feature: FeatureType,
  read: (reference: FeatureReference, i: number) => Value,
  along: LeadingAxes | null = null,
): Value {
  const { references, lift: own } = feature;
  const lift = own ?? along;
  if (lift === null) return read(references[0]!, 0);
  const length = constantOf(lift.list!)!;
  const values = Array.from({ length }, (_, i) => read(references[own === null ? 0 : i]!, i));
  const list = stacked(
    call.elaboration,
    listValue(values, null, values.length),
    call.span,
    `\`${call.name}\``,
  );
  return list !== null && isTensor(list) ? inside(list, lift) : ERROR;
}

function inTable(
  call: FunctionCall,
  reference: FeatureReference,
  table: { readonly name: string; readonly width: number; readonly init: TableInit & Initializer },
): Value {
  const { feature } = reference;
  const origin = { span: call.span, what: `this \`${call.name}\` gives ${table.width}` };
  if (feature.kind.kind === "time") {
    call.elaboration.report(timeAlone, { name: nameOf(reference) }, call.span);
    return ERROR;
  }
  if (reference.every) {
    const { name, width, init } = table;
    return everyRowOf(
      call.elaboration,
      { name, feature: ownerOf(feature), width, options: defaultTable(init) },
      call.span,
    );
  }
  if (!hasIds(feature.kind)) return scaledNumber(call.elaboration, reference, table, call.span, origin);
  const { name, width, init } = table;
  const declared = { name, feature: ownerOf(feature), width, options: defaultTable(init) };
  return lookUp(call.elaboration, reference, declared, call.span, origin);
}
