// Functions whose use declares a table: `weight` for a linear part, `embed` for further embeddings.

import { invariant } from "../../common/internal-error.ts";
import { badOptionValue } from "../../diagnostics/catalog/model.ts";
import { timeAlone } from "../../diagnostics/catalog/searches.ts";
import {
  optionsWithoutTable,
  tableNameNotAName,
  tableNameVaries,
  tableOptionsDiffer,
} from "../../diagnostics/catalog/tables.ts";
import { hasIds } from "../kinds/registry.ts";
import { type Feature, ownerOf, tableNames } from "../model/model.ts";
import { at } from "../syntax/reporter.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { everyRowOf } from "../values/every.ts";
import { INITIAL_VALUES } from "../values/initial-values.ts";
import { nameOf, stacked } from "../values/leading-axes.ts";
import { inside } from "../values/lift.ts";
import {
  type GivenOptions,
  tableOptions,
  VECTOR_FILE,
  type WrittenOptions,
} from "../values/table-options.ts";
import { lookUp, scaledNumber } from "../values/tables.ts";
import { ERROR, isTensor, listValue, plainValue } from "../values/types.ts";
import type { FeatureReference, FeatureType, FunctionCall, LeadingAxes, Value } from "../values/values.ts";
import { FROZEN, initOf, NOT_FROZEN } from "./initial.ts";

const ZEROS: GivenOptions = { init: { kind: "zeros" }, frozen: false, vectors: null };

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
      return inTable(call, reference, { name, width: 1, options: ZEROS });
    });
  },
});

export const embed = defineFunction({
  name: "embed",
  doc: [
    '`embed(feature: Feature, width: Int, name: String = "", init = normal(0.01), from?: String, freeze?) -> Vec[width]` is another',
    "embedding of a feature, from a table over the same ids that this use declares; a feature without `embed` may have one too. The",
    "same feature, width and `name` are the same table everywhere. `init`, `from` and `freeze` are the options of a feature's own table,",
    "the same in all uses of a table. For a number it is x·v with a learned vector v (numeric fields of AutoInt, Song et",
    "al. 2019); for a history's field it is `Seq[history, width]`, from the same table as its feature's. `name` may be",
    "another feature or a whole number, which stands for its text: field-aware models have a table for each other feature.",
  ].join("\n"),
  parameters: [
    { name: "feature", accepts: "feature" },
    { name: "width", accepts: "width" },
    { name: "name", accepts: "name", default: () => plainValue({ kind: "string", value: "" }) },
    {
      name: "init",
      accepts: "initial",
      isNamed: true,
      default: () => plainValue({ kind: "initial", init: null }),
    },
    {
      name: "from",
      accepts: "string",
      isNamed: true,
      default: () => plainValue({ kind: "string", value: "" }),
    },
    { name: "freeze", accepts: "freeze", isNamed: true, default: () => NOT_FROZEN },
  ],
  takesRows: true,
  apply(call) {
    const width = constantOf(call.width("width"));
    invariant(width !== null, "features are seen where every width is a number");
    const name = tableName(call);
    const written = writtenOptions(call);
    if (name === null || written === null) return ERROR;
    const { lift } = call.feature("feature");
    if (lift !== null && name.lift !== null && lift.list !== name.lift.list) {
      call.elaboration.report(tableNameVaries, {}, call.argument("name").span);
      return ERROR;
    }
    const read = (reference: FeatureReference, i: number) => {
      const table = tableNames.embed(ownerOf(reference.feature), width, name.of(i));
      const options = optionsOf(call, written, reference.feature, table);
      return options === null ? ERROR : inTable(call, reference, { name: table, width, options });
    };
    return ofEach(call, call.feature("feature"), read, name.lift);
  },
});

/** The options of a call; null if one has another form, which is reported. */
function writtenOptions(call: FunctionCall): WrittenOptions | null {
  const init = initOf(call);
  if (init?.kind === "constant") {
    badOption(call, "init", INITIAL_VALUES, `\`${init.value}\``);
    return null;
  }
  const { span } = call.argument("from");
  const path = call.text("from");
  // An argument that is left out has the location of the call.
  const isGiven = span !== call.span;
  if (isGiven && path === "") {
    badOption(call, "from", VECTOR_FILE, '`""`');
    return null;
  }
  const freeze = call.argument("freeze");
  return {
    init,
    vectors: isGiven ? { path, span } : null,
    freeze: freeze.value === FROZEN ? freeze.span : null,
  };
}

function badOption(call: FunctionCall, option: "init" | "from", expected: string, got: string): void {
  const facts = { option: `\`${option}\``, of: call.name, expected, got };
  call.elaboration.report(badOptionValue, facts, call.argument(option).span);
}

/** The options of the table of a feature; null if they do not fit it or another use, which is reported. */
function optionsOf(
  call: FunctionCall,
  written: WrittenOptions,
  feature: Feature,
  table: string,
): GivenOptions | null {
  const { elaboration, span } = call;
  const { vectors, freeze } = written;
  if (!hasIds(feature.kind) && (vectors !== null || freeze !== null)) {
    elaboration.report(optionsWithoutTable, { feature: feature.name }, vectors?.span ?? freeze!);
    return null;
  }
  const options = tableOptions(written, feature, elaboration);
  if (options === null) return null;
  const other = elaboration.reads.declareOptions(table, { options, span });
  if (other === null) return options;
  elaboration.report(tableOptionsDiffer, { feature: feature.name }, span, {
    related: [at(other, "the same table with other options")],
  });
  return null;
}

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
  { name, width, options }: { readonly name: string; readonly width: number; readonly options: GivenOptions },
): Value {
  const { feature } = reference;
  const origin = { span: call.span, what: `this \`${call.name}\` gives ${width}` };
  if (feature.kind.kind === "time") {
    call.elaboration.report(timeAlone, { name: nameOf(reference) }, call.span);
    return ERROR;
  }
  const table = { name, feature: ownerOf(feature), width, options };
  if (reference.every) return everyRowOf(call.elaboration, table, call.span);
  if (hasIds(feature.kind)) return lookUp(call.elaboration, reference, table, call.span, origin);
  const vector = { name, width, init: options.init };
  return scaledNumber(call.elaboration, reference, vector, call.span, origin);
}
