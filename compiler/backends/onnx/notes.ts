// Documentation of nodes and inputs for ONNX viewers: their origin in the spec.

import { positionAt, type Span, textOf } from "../../common/source-file.ts";
import { library } from "../../frontend/functions/library.ts";
import type { Model, SetOptions } from "../../frontend/model/model.ts";
import { type BlockItem, isLocal, type Loss, type Predict, pathNameOf } from "../../frontend/syntax/nodes.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { OnnxNotes } from "./emit.ts";

/** Longer pieces of a spec are cut off. */
const MOST_TEXT = 200;

/** A named piece of a spec. */
interface Named {
  readonly path: string;
  readonly span: Span;
  readonly doc: string;
}

/**
 * Nodes are named after the part of the spec that contains them: `net.interest`, `activation_unit`,
 * `activation_unit.hidden` for a `let` of a block. Their description has the location, the text and the
 * block's `///`.
 */
export function notesOf(model: Model): OnnxNotes {
  const named = namedPieces(model);
  const inputs = inputDocs(model);
  return {
    node: ({ origin }) => {
      if (origin === null) return { path: "graph", doc: "" };
      const around = named
        .filter(({ span }) => contains(span, origin))
        .toSorted((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start));
      const { line, column } = positionAt(origin.file, origin.start);
      const text = textOf(origin).slice(0, MOST_TEXT);
      const docs = new Set(around.map(({ doc }) => doc).filter((doc) => doc !== ""));
      return {
        path: around[0]?.path ?? "graph",
        doc: [`${origin.file.path}:${line}:${column} ${text}`, ...docs].join("\n"),
      };
    },
    input: (name) => inputs.get(name) ?? "",
  };
}

function namedPieces(model: Model): Named[] {
  const blocks: BlockItem[] = [...model.blocks.values()];
  for (const name of library.keys()) if (!model.blocks.has(name)) blocks.push(library.get(name)!);
  return [
    ...model.net.statements.map((statement) => {
      const name = isLocal(statement) ? pathNameOf(statement) : nameOf(statement);
      return { path: `net.${name}`, span: statement.span, doc: "" };
    }),
    ...blocks.flatMap(({ name: { name }, span, doc, body }) => [
      { path: name, span, doc },
      ...body.map((each) => ({ path: `${name}.${pathNameOf(each)}`, span: each.span, doc: "" })),
    ]),
  ];
}

function nameOf(statement: Predict | Loss): string {
  return statement.kind === "predict" ? statement.label.name : statement.name.name;
}

function contains(outer: Span, { file, start, end }: Span): boolean {
  return outer.file.path === file.path && outer.start <= start && end <= outer.end;
}

function inputDocs({ features, histories }: Model): ReadonlyMap<string, string> {
  const docs = new Map<string, string>();
  const add = (name: string, doc: string, set: SetOptions | null) => {
    docs.set(name, doc);
    if (set !== null)
      docs.set(inputNames.rowOf(name), `For each value of ${name}, the number of the row that has it.`);
    if (set?.weighted === true)
      docs.set(
        inputNames.weightOf(name),
        `The weight of each value of ${name}${set.pool === "mean" ? ": its share of the weights of its set" : ""}.`,
      );
  };
  for (const { name, doc, set } of features.values()) add(inputNames.feature(name), doc, set);
  for (const history of histories.values())
    for (const { name, feature } of history.fields) {
      const doc = [history.doc, feature.doc].filter((text) => text !== "").join("\n");
      add(inputNames.field(history.name, name), doc, feature.set);
    }
  return docs;
}
