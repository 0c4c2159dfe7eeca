// Generates `inputs.ts`, one file without imports that turns a raw request into the inputs of model.onnx. It contains the readers
// and encoders of training. A data file holds the fitted values of the features, and the module checks that file.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import {
  hasLearningPipe,
  keepsVocabulary,
  kindOf,
  numbersIn,
  rawKindOf,
} from "../../frontend/kinds/registry.ts";
import { type Feature, type Model, ownerOf } from "../../frontend/model/model.ts";
import { validate } from "../../middle/build/validate.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { planProgram } from "../serving/planner.ts";
import { bundle } from "../typescript/bundle.ts";
import { carriedForCross, withParts } from "../typescript/crosses.ts";
import { type FinishedModule, finishModule, type Heading } from "../typescript/finish-module.ts";
import { carriedFor, featuresClass } from "../typescript/readers.ts";
import {
  type BoundInput,
  bindInputs,
  type CrossInput,
  crossInputs,
  requestInterfaces,
} from "../typescript/schema.ts";
import { type Declaration, mentionedBy, mentionedIn } from "../typescript/writer.ts";
import type { FedCount } from "./emit.ts";

export interface EmittedInputs extends FinishedModule {
  /** Features whose vocabulary it must hold, and those whose transforms learned something. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
}

const publicNames = ["RankerInputError", "RankerWeightsError", "RawId", "Feed", "About"];

/** `graph` is the program that the model was emitted from: its inputs are what is made, of `counts` too. */
export function emitInputs(
  model: Model,
  graph: ValidGraph,
  counts: readonly FedCount[],
  origin: Pick<Heading, "version" | "run">,
): EmittedInputs {
  const plan = planProgram(withParts(model, inputsOf(graph)));
  const bound = bindInputs(model, plan);
  const crosses = crossInputs(model, plan);
  const features = [...new Set(bound.map(({ feature }) => feature))];

  const statements = new FeedStatements(model, graph, bound, crosses, features, counts);
  const declarations: readonly Declaration[] = [
    ...requestInterfaces(model, bound, "lists"),
    {
      kind: "function",
      name: "createEncoder",
      isExported: true,
      doc: "Checks and reads the bytes of inputs.bin, which are kept.\n@throws RankerWeightsError where they are not this model's, or damaged.",
      parameters: [{ name: "data", type: "Uint8Array | ArrayBuffer" }],
      returns: "Encoder",
      code: ["return new Encoder(new WeightsFile(data, MODEL.program));"],
    },
    {
      kind: "class",
      name: "Encoder",
      isExported: true,
      doc: "Makes the inputs of model.onnx. Made by `createEncoder`.",
      properties: [
        { name: "about", type: "About", isReadonly: true, doc: "Which model, program and run this is." },
        { name: "f", type: "Features", isReadonly: true, isPrivate: true },
      ],
      constructs: {
        parameters: [{ name: "file", type: "WeightsFile" }],
        code: [
          "this.about = { model: MODEL.name, program: MODEL.program, run: file.header.run };",
          "this.f = new Features(file);",
        ],
      },
      methods: [
        {
          name: "feeds",
          doc: "The inputs by name, for one request and all its candidates.\n@throws RankerInputError, naming the field, for what cannot be scored.",
          parameters: [{ name: "request", type: "Request" }],
          returns: "Record<string, Feed>",
          code: statements.all(),
        },
      ],
    },
    featuresClass(features),
  ];
  const known = [
    ...["WeightsFile", "readRecord", "readList", "propertyOf", "readSomeCandidates"],
    ...["readId", "readIds", "readNumber", "readNumbers", "readVector", "readVectors", "readSet", "readSets"],
    ...["IdSpace", "SetSpace", "Numbers", "Vectors", "OrUnknown", "latestFrom"],
    ...["feedOf", "repeatedInts", "repeatedFloats", "repeatedRows"],
    ...features.flatMap(carriedFor),
    ...crosses.flatMap(carriedForCross),
  ];
  const mentioned = mentionedBy(declarations);
  const roots = [...publicNames, ...known.filter((name) => mentioned.has(name))];
  const finished = finishModule([...declarations, ...bundle(roots, new Set(publicNames))], {
    does: `Turns requests into the inputs of model.onnx, the model ${model.name}`,
    ...{ model: model.name, carrier: "inputs.bin", ...origin },
  });
  return {
    ...finished,
    vocabularies: [...new Set(features.filter(keepsVocabulary).map(ownerOf))],
    transforms: [...new Set(features.filter(hasLearningPipe).map(ownerOf))],
  };
}

/** The inputs of a Graph as a Graph of their own. */
function inputsOf(graph: ValidGraph): ValidGraph {
  const nodes: Node[] = [];
  const outputs = new Map<string, NodeId>();
  for (const node of graph.nodes) {
    if (!isInput(node)) continue;
    const id = nodes.length as NodeId;
    nodes.push({ ...node, id });
    outputs.set(node.attributes.name, id);
  }
  const inputs: Graph = { nodes, parameters: new Map(), outputs, updates: new Map() };
  return validate(inputs);
}

function isInput(node: Node): node is Node<"input"> {
  return node.op === "input";
}

/** By what a kind gives: the functions that read one value and many. */
const readers = {
  ids: { one: "readId", many: "readIds", array: "Int32Array" },
  number: { one: "readNumber", many: "readNumbers", array: "Float32Array" },
  vector: { one: "readVector", many: "readVectors", array: "Float32Array" },
} as const;

/** Where a feature's raw values stand: in one record, or in the records of a list. */
type InputSlot =
  | { readonly kind: "record"; readonly record: string }
  | {
      readonly kind: "list";
      readonly list: string;
      readonly from: string;
      readonly count: string;
      readonly where: string;
    };

/** The statements of `feeds`. */
class FeedStatements {
  private readonly model: Model;
  /** Types of the inputs by name. Those of the parts of crosses need not be among them. */
  private readonly types: ReadonlyMap<string, TensorType>;
  private readonly bound: readonly BoundInput[];
  private readonly crosses: readonly CrossInput[];
  private readonly features: readonly Feature[];
  private readonly counts: readonly FedCount[];
  /** The variables that hold an input's values as they are read. */
  private readonly variables = new Map<string, string>();

  constructor(
    model: Model,
    graph: ValidGraph,
    bound: readonly BoundInput[],
    crosses: readonly CrossInput[],
    features: readonly Feature[],
    counts: readonly FedCount[],
  ) {
    this.model = model;
    this.types = new Map(
      graph.nodes.filter(isInput).map(({ attributes }) => [attributes.name, attributes.type]),
    );
    this.bound = bound;
    this.crosses = crosses;
    this.features = features;
    this.counts = counts;
  }

  all(): string[] {
    const scopes = new Set(
      this.bound.flatMap(({ history, feature }) => (history === null ? [feature.scope] : [])),
    );
    return [
      "const { f } = this;",
      "const candidates = readSomeCandidates(request);",
      "const n = candidates.length;",
      ...(["user", "context"] as const)
        .filter((scope) => scopes.has(scope))
        .map((scope) => `const ${scope} = readRecord(request, "", "${scope}");`),
      ...this.histories(),
      ...this.bound.flatMap((each, i) => this.read(each, i)),
      ...this.crosses.map((each, i) => this.cross(each, i)),
      "return {",
      ...[...this.types].flatMap(([name, type]) => this.fed(name, type)),
      ...this.counts.map(({ name, of }) => {
        const count = of.kind === "candidates" ? "n" : this.stepsOf(of.name);
        return `[${quoted(name)}]: feedOf(Int32Array.of(${count}), [1]),`;
      }),
      "};",
    ];
  }

  /** Of each history that is read or counted the list, its first step that counts, and how many do. */
  private histories(): string[] {
    const counted = this.counts.flatMap(({ of }) => (of.kind === "history" ? [of.name] : []));
    const used = [...this.model.histories.values()].filter(
      (history) => counted.includes(history.name) || this.bound.some((each) => each.history === history),
    );
    if (used.length === 0) return [];
    return [
      'const history = readRecord(request, "", "history");',
      ...used.flatMap(({ name, max }) => [
        `const ${this.listOf(name)} = readList(propertyOf(history, ${quoted(name)}), ${quoted(`history.${name}`)});`,
        `const ${this.fromOf(name)} = latestFrom(${this.listOf(name)}.length, ${max});`,
        `const ${this.stepsOf(name)} = ${this.listOf(name)}.length - ${this.fromOf(name)};`,
      ]),
    ];
  }

  private listOf(history: string): string {
    return `list${this.numberOf(history)}`;
  }

  private fromOf(history: string): string {
    return `from${this.numberOf(history)}`;
  }

  private stepsOf(history: string): string {
    return `steps${this.numberOf(history)}`;
  }

  private numberOf(history: string): number {
    return [...this.model.histories.keys()].indexOf(history);
  }

  private placeOf({ history, feature }: BoundInput): InputSlot {
    if (history !== null)
      return {
        kind: "list",
        list: this.listOf(history.name),
        from: this.fromOf(history.name),
        count: this.stepsOf(history.name),
        where: quoted(`history.${history.name}`),
      };
    if (feature.scope === "item")
      return { kind: "list", list: "candidates", from: "0", count: "n", where: '"candidates"' };
    return { kind: "record", record: feature.scope };
  }

  private read(each: BoundInput, i: number): string[] {
    const { feature, input, rowOf } = each;
    const place = this.placeOf(each);
    const variable = `x${i}`;
    const name = quoted(each.name);
    const reader = `f.f${this.features.indexOf(feature)}`;
    this.variables.set(input.name, variable);
    const count = place.kind === "list" ? place.count : "1";
    if (rowOf !== null) {
      this.variables.set(rowOf.name, `rows${i}`);
      const [ids, rows] = [`ids${i}`, `rowOf${i}`];
      return [
        `const ${ids} = new Int32Array(${count} * ${reader}.max);`,
        `const ${rows} = new Int32Array(${ids}.length);`,
        place.kind === "list"
          ? `const count${i} = readSets(${ids}, ${rows}, ${place.list}, ${place.from}, ${count}, ${place.where}, ${name}, ${reader});`
          : `const count${i} = readSet(${ids}, 0, ${place.record}, ${quoted(place.record)}, -1, ${name}, ${reader});`,
        `const ${variable} = ${ids}.subarray(0, count${i});`,
        `const rows${i} = ${rows}.subarray(0, count${i});`,
      ];
    }
    const { gives } = rawKindOf(feature);
    const { one, many, array } = readers[gives];
    const size = gives === "vector" ? `${count} * ${numbersIn(feature.kind)}` : count;
    const made = `const ${variable} = new ${array}(${size});`;
    if (place.kind === "list")
      return [
        made,
        `${many}(${variable}, ${place.list}, ${place.from}, ${count}, ${place.where}, ${name}, ${reader});`,
      ];
    const { record } = place;
    return [
      made,
      gives === "vector"
        ? `${one}(${variable}, 0, ${record}, ${quoted(record)}, -1, ${name}, ${reader});`
        : `${variable}[0] = ${one}(${record}, ${quoted(record)}, -1, ${name}, ${reader});`,
    ];
  }

  private cross({ input, feature, parts }: CrossInput, i: number): string {
    const definition = kindOf(feature.kind);
    if (definition.gives !== "cross") throw new InternalError(`${feature.name} is no cross`);
    const variable = `cross${i}`;
    this.variables.set(input.name, variable);
    const ids = parts.map(({ name }) => {
      const scope = this.model.features.get(name)?.scope;
      return `${this.variableOf(name)}[${scope === "item" ? "i" : "0"}]${typed("!")}`;
    });
    const count = feature.scope === "item" ? "n" : "1";
    const id = definition.code(feature.kind, ids);
    const place = mentionedIn(id).has("i") ? "i" : "_i";
    return `const ${variable} = Int32Array.from({ length: ${count} }, (_, ${place}) => ${id});`;
  }

  private variableOf(input: string): string {
    const variable = this.variables.get(input);
    invariant(variable, `the graph has an input ${input} that the model does not declare`);
    return variable;
  }

  /** An entry of the inputs: the values as they are read, or once for each candidate where the model needs that. */
  private fed(name: string, { rows, dims, dtype }: TensorType): string {
    const values = this.variableOf(name);
    const entry = (data: string, ...sizes: (string | number)[]) =>
      `[${quoted(name)}]: feedOf(${data}, [${[...sizes, ...dims].join(", ")}]),`;
    const repeated = `${dtype === "i32" ? "repeatedInts" : "repeatedFloats"}(${values}, n)`;
    switch (rows.kind) {
      case "each": {
        const ofRequest = this.model.features.get(name)?.scope !== "item";
        if (rows.per === "request") return entry(values, 1);
        return entry(ofRequest ? repeated : values, "n");
      }
      case "steps":
        return rows.per === "request"
          ? entry(values, this.stepsOf(rows.history))
          : entry(repeated, "n", this.stepsOf(rows.history));
      case "elements": {
        const { of, set } = rows;
        const once = of.kind === "each" ? this.model.features.get(set)?.scope === "item" : false;
        if (of.per === "request" || once) return entry(values, `${values}.length`);
        const isRowOf = name !== set;
        const own = of.kind === "steps" ? this.stepsOf(of.history) : "1";
        return entry(isRowOf ? `repeatedRows(${values}, ${own}, n)` : repeated, `${values}.length * n`);
      }
      case "once":
      case "table":
        throw new InternalError(`${name} is fed by rows ${rows.kind}`);
    }
  }
}
