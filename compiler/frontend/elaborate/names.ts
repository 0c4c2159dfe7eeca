// Resolves names: first visible values, then features and histories (in the net only), then blocks and
// functions. A feature's name is its embedded vector or its number, a history's name its fields side by side.

import { invariant } from "../../common/internal-error.ts";
import { type Span, textOf } from "../../common/source-file.ts";
import { targetNotEmbedded } from "../../diagnostics/catalog/bindings.ts";
import { computedFromSeveral } from "../../diagnostics/catalog/computed.ts";
import { rowsElsewhere } from "../../diagnostics/catalog/draws.ts";
import {
  noFields,
  notEmbedded,
  notInBlock,
  unknownField,
  unknownName,
  usedBeforeDefined,
} from "../../diagnostics/catalog/expressions.ts";
import { unknownInRange } from "../../diagnostics/catalog/feature-lists.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { fieldAmbiguous } from "../../diagnostics/catalog/histories.ts";
import { timeAlone } from "../../diagnostics/catalog/searches.ts";
import { listOfSteps, valuesBesideFields } from "../../diagnostics/catalog/sets.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import { hasIds, kindOf } from "../kinds/registry.ts";
import { type Feature, type History, type HistoryField, writtenFields } from "../model/model.ts";
import { isNumbered, namesInRange } from "../syntax/feature-ranges.ts";
import type { Expression, Identifier } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { addDims } from "../values/dims.ts";
import { nameOf, stacked } from "../values/leading-axes.ts";
import { inside } from "../values/lift.ts";
import { axisOf, lookUp, numberOf, ownTable } from "../values/tables.ts";
import {
  ERROR,
  everyRow,
  featureValue,
  isError,
  isTensor,
  listValue,
  plainValue,
  printType,
  tensorValue,
} from "../values/types.ts";
import type { Environment, FeatureReference, FeatureType, TensorValue, Value } from "../values/values.ts";
import { labelValue } from "./label-value.ts";
import { NETWORK } from "./parts.ts";
import type { Walk } from "./walk.ts";

export class Names {
  private readonly walk: Walk;

  constructor(walk: Walk) {
    this.walk = walk;
  }

  read(identifier: Identifier, environment: Environment): Value {
    const { name, span } = identifier;
    const local = environment.read(name);
    if (local !== undefined) return local;
    const feature = this.walk.declarations.features.get(name);
    const history = this.walk.declarations.histories.get(name);
    if (environment.block === null) {
      if (feature !== undefined) return this.feature(feature);
      if (history !== undefined) return this.history(history, span);
      const group = this.walk.declarations.groups.get(name);
      if (group !== undefined) return this.list(group.features, span);
      const label = this.walk.declarations.labels.get(name);
      if (label !== undefined) return labelValue(this.walk, label, span);
    }
    const callable = this.walk.callables.named(identifier, environment.block);
    if (callable?.kind === "builtin" && callable.definition.isValue === true) {
      // A block does not see the spec's own value of that name, which is reported.
      if (this.walk.declarations.kindOf(name) === null) return this.walk.call(callable, name, [], span);
    } else if (callable !== null) return plainValue({ kind: "function", callable });
    const inScope = environment.block === null ? this.inScope(name) : [];
    if (inScope.length > 0) return this.list(inScope, span);
    this.reportUnknownName(name, span, environment);
    return ERROR;
  }

  /** The features of `user`, `item` or `context`, in the order of declaration. */
  private inScope(name: string): readonly string[] {
    const { features } = this.walk.declarations;
    return [...features.values()].flatMap((feature) => (feature.scope === name ? [feature.name] : []));
  }

  private list(names: readonly string[], span: Span): Value {
    const { declarations } = this.walk;
    for (const name of names) this.walk.reads.names.add(name);
    const references: FeatureReference[] = [];
    for (const name of names) {
      const feature = declarations.features.get(name);
      // A mistake in a feature of the list is reported at the feature.
      if (feature === undefined || declarations.broken.has(name)) return ERROR;
      references.push(this.referenceTo(feature));
    }
    return this.walk.group(references, span);
  }

  /** `c1..c26` as the list of these features; null if its ends are numbers and not names of features. */
  range(expression: Expression & { kind: "range" }, environment: Environment): Value | null {
    const { low, high, span } = expression;
    if (low.kind !== "name" || high.kind !== "name") return null;
    const ends = [low, high].map(({ name }) => name);
    if (ends.some((name) => environment.peek(name) !== undefined || name === "")) return null;
    const { features, featureSyntax } = this.walk.declarations;
    if (!ends.some((name) => features.has(name)) && !ends.every(isNumbered)) return null;
    if (environment.block !== null) {
      for (const end of [low, high]) this.reportUnknownName(end.name, end.span, environment);
      return ERROR;
    }
    const { names, problem } = namesInRange({ first: low, last: high, span });
    for (const name of names) this.walk.reads.names.add(name);
    if (problem !== null) {
      this.walk.reportAs(problem);
      return ERROR;
    }
    const [missing, ...others] = names.filter((name) => !features.has(name));
    if (missing === undefined) return this.list(names, span);
    const [first, last] = [low.name, high.name];
    // If the range was misread at its declaration, only that is reported.
    const misread = names.some((name) => {
      const range = featureSyntax.get(name)?.range ?? null;
      return range !== null && namesInRange(range).problem !== null;
    });
    if (!misread && !this.walk.unparsed.mayDeclare(missing, names))
      this.walk.report(unknownInRange, { first, last, missing, more: others.length }, span);
    return ERROR;
  }

  private reportUnknownName(name: string, span: Span, environment: Environment): void {
    const { declarations } = this.walk;
    const { block } = environment;
    const global =
      declarations.features.get(name) ?? declarations.histories.get(name) ?? declarations.groups.get(name);
    const later = this.walk.later.get(name);
    if (name === "") return;
    if (block !== null && (global !== undefined || later !== undefined)) {
      const known = declarations.kindOf(name);
      const what = known === "feature" || known === "group" || known === "history" ? known : "value";
      const related = [at(global?.span ?? later!, "declared here")];
      this.walk.report(notInBlock, { name, what, block: block.name.name }, span, {
        related,
      });
    } else if (later !== undefined) {
      this.walk.reads.early.add(name);
      this.walk.report(usedBeforeDefined, { name }, span, {
        related: [at(later, "defined here")],
      });
    } else {
      const reading = [...declarations.histories.values()].filter((history) =>
        history.fields.some((field) => field.column === name),
      );
      const [column] = reading;
      const field = column?.fields.find((each) => each.column === name);
      const known = this.walk.known(() => [
        ...environment.names(),
        ...(block === null
          ? [...declarations.features.keys(), ...declarations.groups.keys(), ...declarations.histories.keys()]
          : []),
        ...this.walk.callables.names(),
      ]);
      const identifier = { name, span };
      if (column !== undefined && field !== undefined)
        this.walk.report(unknownName, { name }, span, {
          related: [at(field.span, `a field of \`${column.name}\``)],
          help: unknownName.helps.column(`${column.name}.${field.name}`),
          // A value with the column's name may have been meant, but misspelt at its definition.
          fixes: reading.flatMap(({ name: history, fields }) =>
            fields
              .filter((each) => each.column === name)
              .map((each) => ({ ...replacing(span, `${history}.${each.name}`), isGuess: true as const })),
          ),
        });
      else if (declarations.labels.has(name))
        this.walk.report(unknownName, { name }, span, {
          related: [at(declarations.labels.get(name)!.span, "a label")],
          help: unknownName.helps.label(),
        });
      else if (!this.walk.unparsed.mayDeclare(name, known))
        this.walk.report(unknownName, { name }, span, this.likelyName(identifier, known));
    }
  }

  /** A function as a value is certain only where it can be an activation. */
  private likelyName(name: Identifier, known: readonly string[]): Details {
    const details = this.walk.didYouMean(name, known, undefined, "function");
    const isDoubtful = (meant: string) => {
      const callable = this.walk.callables.named({ name: meant }, null);
      return (
        callable?.kind === "block" ||
        (callable?.kind === "builtin" && callable.definition.parameters[0]?.accepts !== "vector")
      );
    };
    const fixes = details.fixes?.map((fix) =>
      fix.edits.some(({ text }) => isDoubtful(text)) ? { ...fix, isGuess: true as const } : fix,
    );
    return fixes === undefined ? details : { ...details, fixes };
  }

  private referenceTo(feature: Feature): FeatureReference {
    const { name, scope } = feature;
    // If nothing is served, no prediction reads it, because scored rows have no column for it.
    const served = scope === "training" ? (feature.served ?? 0) : null;
    const role = {
      kind: "feature",
      feature: name,
      history: null,
      ...(served === null ? {} : { served }),
    } as const;
    return { feature, history: null, role };
  }

  private referenceToField(history: History, { name, feature }: HistoryField): FeatureReference {
    return { feature, history, role: { kind: "feature", feature: name, history: history.name } };
  }

  private feature(feature: Feature): Value {
    this.walk.reads.names.add(feature.name);
    if (this.walk.declarations.broken.has(feature.name)) return ERROR;
    return featureValue([this.referenceTo(feature)]);
  }

  /** The value of a feature, or of a history's field, in a computation. */
  vector({ references, lift }: FeatureType, span: Span): Value {
    if (lift === null) return this.vectorOfOne(references[0]!, span);
    // Each feature is read once, no matter how many pairs contain it.
    const distinct = [...new Set(references)];
    const features = distinct.map((each) => featureValue([each]));
    const list = stacked(this.walk, listValue(features, null, features.length), span, "a list of features");
    if (list === null || !isTensor(list)) return ERROR;
    if (distinct.length === references.length) return inside(list, lift);
    const numbers = new Map(distinct.map((each, i) => [each, i]));
    const indices = references.map((each) => numbers.get(each)!);
    const node = this.walk.emit("gather_list", [list.node], { indices }, span);
    return inside({ ...list, node, type: { ...list.type, list: lift.list } }, lift);
  }

  private vectorOfOne(reference: FeatureReference, span: Span): Value {
    const { feature, history } = reference;
    if (reference.every) {
      this.walk.report(rowsElsewhere, { axis: everyRow(feature.name) }, span);
      return ERROR;
    }
    if (!hasIds(feature.kind)) return this.number(reference, span);
    if (feature.embed !== null) return this.embedded(reference, feature.embed, span);
    if (history === null || feature.scope === "history") return this.reportNotEmbedded(feature, span);
    const field = history.fields.find(({ name }) => name === reference.role.feature);
    invariant(field, `${history.name} has no field ${reference.role.feature}`);
    this.walk.report(targetNotEmbedded, { name: feature.name }, span, {
      related: [at(field.span, "bound here"), at(feature.span, "declared without `embed`")],
      help: targetNotEmbedded.helps.here(feature.name, `${history.name}.${field.name}`),
    });
    return ERROR;
  }

  private number(reference: FeatureReference, span: Span): Value {
    const { feature } = reference;
    if (feature.kind.kind === "time") {
      this.walk.report(timeAlone, { name: nameOf(reference) }, span);
      return ERROR;
    }
    const syntax = this.walk.declarations.featureSyntax.get(feature.name);
    const widthOrigin = {
      span: syntax?.type.span ?? feature.span,
      what: `the ${kindOf(feature.kind).gives} \`${feature.name}\``,
    };
    return numberOf(this.walk, reference, span, widthOrigin);
  }

  /** Reports a feature, or an unbound field of a history, without an embedding. */
  private reportNotEmbedded(feature: Feature, span: Span): Value {
    const syntax = this.walk.declarations.featureSyntax.get(feature.name);
    invariant(syntax, `${feature.name} has no declaration`);
    const last = syntax.transforms.at(-1) ?? syntax.type;
    const text = textOf({ ...syntax.type.span, end: last.span.end });
    const owner = syntax.share && this.walk.declarations.featureSyntax.get(syntax.share.feature.name);
    this.walk.report(notEmbedded, { name: feature.name, declared: `${syntax.name.name} : ${text}` }, span, {
      related: [
        at(syntax.span, "declared without `embed`"),
        ...(owner ? [at(owner.span, "it shares the table of this feature")] : []),
      ],
      fixes: [
        {
          title: "add `embed 16`",
          isGuess: true,
          edits: [{ span: { ...syntax.span, start: syntax.span.end }, text: " embed 16" }],
        },
      ],
    });
    return ERROR;
  }

  /** The row of a feature in its own table. */
  private embedded(reference: FeatureReference, width: number, span: Span): TensorValue {
    const { feature } = reference;
    const syntax = this.walk.declarations.featureSyntax.get(feature.name);
    const origin = {
      span: syntax?.embed?.span ?? feature.span,
      what: `the embedding of \`${feature.name}\``,
    };
    return lookUp(this.walk, reference, ownTable(feature, width), span, origin);
  }

  private history(history: History, span: Span): Value {
    this.walk.reads.names.add(history.name);
    if (this.walk.declarations.broken.has(history.name)) return ERROR;
    const listed = history.fields.find(({ feature }) => feature.set?.pool === "none");
    if (listed !== undefined && history.fields.length > 1) {
      const others = history.fields
        .filter(({ feature }) => feature.set?.pool !== "none")
        .map(({ name }) => name);
      const facts = { history: history.name, field: listed.name, others };
      this.walk.report(valuesBesideFields, facts, span, { related: [at(listed.span, "not pooled")] });
      return ERROR;
    }
    const fields: TensorValue[] = [];
    // A time isn't a vector, but if the history has nothing else, the message says so.
    const written = writtenFields(history);
    const some = written.filter(({ feature }) => feature.kind.kind !== "time");
    for (const field of some.length === 0 ? written : some) {
      const value = this.vectorOfOne(this.referenceToField(history, field), span);
      if (!isTensor(value)) return ERROR;
      fields.push(value);
    }
    const [first] = fields;
    if (first === undefined) return ERROR;
    if (fields.length === 1) return first;
    const width = fields.map((field) => field.type.width).reduce(addDims);
    const node = this.walk.emit(
      "concat",
      fields.map((field) => field.node),
      { dim: 0 },
      span,
      // All parts may read it, no matter which reads it first.
      NETWORK,
    );
    this.walk.parts?.call(node, history.name);
    const widthOrigin = { span: history.span, what: `the fields of \`${history.name}\` side by side` };
    return tensorValue({ axis: axisOf(history), width }, { node, sources: first.sources, widthOrigin });
  }

  field(object: Expression, field: Identifier, environment: Environment): Value {
    const history = this.historyNamed(object, environment);
    if (history === null) {
      const value = this.walk.evaluate(object, environment);
      const list = isTensor(value) ? value.type.list : null;
      const from = list?.varying?.from;
      const searched = from?.kind === "search" && this.walk.declarations.histories.get(from.axis);
      if (searched) {
        const found = this.findField(searched, field);
        if (found === null || this.walk.declarations.broken.has(searched.name)) return ERROR;
        if (found.feature.set?.pool === "none") {
          this.walk.report(
            listOfSteps,
            { field: `${searched.name}.${found.name}`, callee: "top" },
            field.span,
          );
          return ERROR;
        }
        const chosen = { list: list!, sources: value.sources };
        return featureValue([{ ...this.referenceToField(searched, found), chosen }]);
      }
      if (!isError(value)) {
        const details = this.bareName(object, field);
        this.walk.report(noFields, { type: printType(value.type) }, field.span, details);
      }
      return ERROR;
    }
    const found = this.findField(history, field);
    if (found === null || this.walk.declarations.broken.has(history.name)) return ERROR;
    return featureValue([this.referenceToField(history, found)]);
  }

  /** `item_id.embedding` is what `item_id` means already. */
  private bareName(object: Expression, field: Identifier): Details {
    if (object.kind !== "name" || !/^(emb|embed|embedding|embeddings|vector)$/.test(field.name)) return {};
    const edits = [{ span: { ...field.span, start: object.span.end }, text: "" }];
    const fixes = [{ title: `remove \`.${field.name}\``, edits }];
    return { help: noFields.helps.embedding(object.name), fixes };
  }

  private historyNamed(object: Expression, environment: Environment): History | null {
    if (object.kind !== "name" || environment.block !== null) return null;
    if (environment.peek(object.name) !== undefined) return null;
    return this.walk.declarations.histories.get(object.name) ?? null;
  }

  /** Null if the history has no such field, which was reported. */
  private findField(history: History, field: Identifier): HistoryField | null {
    this.walk.reads.names.add(history.name);
    const { fields } = history;
    const found = fields.find((each) => each.name === field.name);
    const declarations = this.walk.declarations;
    // Which histories have a computed feature is unknown if its source is.
    const isComputed = (declarations.featureSyntax.get(field.name)?.source ?? null) !== null;
    const broken =
      declarations.broken.has(history.name) || (isComputed && declarations.broken.has(field.name));
    if (found !== undefined || broken || field.name === "") return found ?? null;
    const names = fields.map((each) => each.name);
    const alike = fields.filter((each) => each.feature.name === field.name);
    if (alike.length > 0) {
      this.walk.report(
        fieldAmbiguous,
        {
          history: history.name,
          feature: field.name,
          columns: columnsOf(alike),
          fields: alike.map(({ name }) => `\`${history.name}.${name}\``),
        },
        field.span,
        {
          related: alike.map(({ span }) => at(span, "bound here")),
        },
      );
      return null;
    }
    const source = declarations.features.get(field.name)?.source ?? null;
    const sources = fields.filter((each) => source !== null && each.feature.name === source);
    if (source !== null && sources.length > 0) {
      const [{ column }] = sources as [HistoryField, ...HistoryField[]];
      const columns = columnsOf(sources);
      const facts = { history: history.name, feature: field.name, source, columns, column };
      const related = sources.map(({ span }) => at(span, "bound here"));
      this.walk.report(computedFromSeveral, facts, field.span, { related });
      return null;
    }
    const byColumn = fields.find((each) => each.column === field.name);
    if (byColumn === undefined && this.walk.unparsed.mayDeclare(field.name, names)) return null;
    this.walk.report(unknownField, { object: history.name, field: field.name }, field.span, {
      related: [at(byColumn?.span ?? history.span, byColumn === undefined ? "declared here" : "bound here")],
      ...(byColumn === undefined
        ? this.walk.didYouMean(field, names, shared.available(names))
        : {
            help: unknownField.helps.byFeature(`${history.name}.${byColumn.name}`),
            fixes: [{ ...replacing(field.span, byColumn.name), isGuess: true }],
          }),
    });
    return null;
  }
}

/** The columns of fields, as text: `seen`, `bought` and `liked`. */
function columnsOf(fields: readonly HistoryField[]): string {
  const columns = fields.map(({ column }) => `\`${column}\``);
  return [columns.slice(0, -1).join(", "), columns.at(-1)].join(" and ");
}
