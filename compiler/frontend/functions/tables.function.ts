// Functions whose use declares a table: `weight` for a linear part, `embed` for further embeddings.

import { invariant } from "../../common/internal-error.ts";
import { tableNameNotAName } from "../../diagnostics/catalog/tables.ts";
import type { Initializer } from "../../middle/graph/graph.ts";
import { hasIds } from "../kinds/registry.ts";
import { ownerOf, type TableInit, tableNames } from "../model/model.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { defaultTable, lookUp, NORMAL, scaledNumber } from "../values/tables.ts";
import { ERROR, plainValue } from "../values/types.ts";
import type { FunctionCall, Value } from "../values/values.ts";

export const weight = defineFunction({
  name: "weight",
  doc: [
    "`weight(feature) -> Vec[1]` is a feature's weight in a linear part: of a feature with ids one number for each id,",
    "from 0; of a number w·x with one learned w. It needs no `embed`. Of a history's field it is `Seq[history, 1]`, from",
    "the same weights as its feature's. However often it stands in the network, a feature has one weight (the wide part",
    "of Cheng et al. 2016; the first order of Guo et al. 2017).",
  ].join("\n"),
  parameters: [{ name: "feature", accepts: "feature" }],
  apply(call) {
    const { feature } = call.feature("feature");
    return inTable(call, { name: tableNames.weight(ownerOf(feature)), width: 1, init: { kind: "zeros" } });
  },
});

export const embed = defineFunction({
  name: "embed",
  doc: [
    '`embed(feature, width: Int, name: String = "") -> Vec[width]` is another embedding of a feature, from a table over the',
    "same ids that this use declares; a feature without `embed` may have one too. The same feature, width and `name` are",
    "the same table wherever they stand. Of a number it is x·v with a learned vector v (numeric fields of AutoInt, Song et",
    "al. 2019); of a history's field it is `Seq[history, width]`, from the same table as its feature's.",
  ].join("\n"),
  parameters: [
    { name: "feature", accepts: "feature" },
    { name: "width", accepts: "width" },
    { name: "name", accepts: "string", default: () => plainValue({ kind: "string", value: "" }) },
  ],
  apply(call) {
    const { feature } = call.feature("feature");
    const width = constantOf(call.width("width"));
    invariant(width !== null, "features are seen where every width is a number");
    const given = call.text("name");
    if (given !== "" && !/^[a-z_][a-z0-9_]*$/i.test(given)) {
      call.elaboration.report(tableNameNotAName, { name: given }, call.argument("name").span);
      return ERROR;
    }
    const name = tableNames.embed(ownerOf(feature), width, given === "" ? null : given);
    return inTable(call, { name, width, init: NORMAL });
  },
});

function inTable(
  call: FunctionCall,
  table: { readonly name: string; readonly width: number; readonly init: TableInit & Initializer },
): Value {
  const reference = call.feature("feature");
  const { feature } = reference;
  const origin = { span: call.span, what: `this \`${call.name}\` gives ${table.width}` };
  if (!hasIds(feature.kind)) return scaledNumber(call.elaboration, reference, table, call.span, origin);
  const { name, width, init } = table;
  const declared = { name, feature: ownerOf(feature), width, options: defaultTable(init) };
  return lookUp(call.elaboration, reference, declared, call.span, origin);
}
