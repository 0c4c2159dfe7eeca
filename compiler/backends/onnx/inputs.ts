// Generates `inputs.ts`, one file without imports that turns a raw request into the inputs of model.onnx. It
// contains the readers and encoders of training. A data file holds the fitted values of the features, and the
// module checks that file.

import { invariant } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import { typescriptOf } from "../../frontend/kinds/made.ts";
import {
  hasIds,
  hasLearningPipe,
  keepsVocabulary,
  numbersIn,
  rawKindOf,
} from "../../frontend/kinds/registry.ts";
import { ownerOf } from "../../frontend/model/model.ts";
import { bundle } from "../typescript/bundle.ts";
import { carriedForCross, crossCall } from "../typescript/crosses.ts";
import { type FinishedModule, finishModule, type Heading } from "../typescript/finish-module.ts";
import { carriedFor, featuresClass } from "../typescript/readers.ts";
import {
  type BoundInput,
  type CrossInput,
  fillingConstants,
  requestInterfaces,
  type ServedInput,
} from "../typescript/schema.ts";
import { type Declaration, mentionedBy, mentionedIn } from "../typescript/writer.ts";
import type { FedInput, InputFacts } from "./input-facts.ts";

export interface EmittedInputs extends FinishedModule {
  /** Features with a vocabulary in the data file, and features with fitted transforms. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
}

const publicNames = ["RankerInputError", "RankerWeightsError", "RawId", "Feed", "About"];

export function emitInputs(facts: InputFacts, origin: Pick<Heading, "version" | "run">): EmittedInputs {
  const { model, bound, histories, fillings, crosses, features } = facts;
  const statements = new FeedStatements(facts);
  const declarations: readonly Declaration[] = [
    ...requestInterfaces(model, bound, histories, fillings, "lists"),
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
        {
          name: "about",
          type: "About",
          isReadonly: true,
          doc: "Which model, program and run this is, and which dinc made it.",
        },
        { name: "f", type: "Features", isReadonly: true, isPrivate: true },
      ],
      constructs: {
        parameters: [{ name: "file", type: "WeightsFile" }],
        code: [
          "this.about = { model: MODEL.name, program: MODEL.program, run: file.header.run, version: MODEL.version };",
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
    ...fillingConstants(histories, fillings),
  ];
  const known = [
    ...["WeightsFile", "readRecord", "readList", "propertyOf", "readSomeCandidates"],
    ...["readId", "readIds", "readNumber", "readNumbers", "readVector", "readVectors", "readSet", "readSets"],
    "requirePast",
    ...["IdSpace", "SetSpace", "Numbers", "NumbersSpace", "OrUnknown", "latestFrom"],
    ...["HistoryFilling", "ownSteps"],
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

/** By the values of a kind: the functions that read one and many. */
const readers = {
  ids: { one: "readId", many: "readIds", array: "Int32Array" },
  number: { one: "readNumber", many: "readNumbers", array: "Float32Array" },
  vector: { one: "readVector", many: "readVectors", array: "Float32Array" },
} as const;

/** Where the raw values of a feature are: in one record, or in the records of a list. */
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
  private readonly facts: InputFacts;
  /** The variables with an input's values as read. */
  private readonly variables = new Map<string, string>();

  constructor(facts: InputFacts) {
    this.facts = facts;
  }

  all(): string[] {
    const { bound, crosses, served, fed, counts } = this.facts;
    const scopes = new Set(
      bound.flatMap(({ history, feature }) => (history === null ? [feature.scope] : [])),
    );
    return [
      "const { f } = this;",
      "const candidates = readSomeCandidates(request);",
      "const n = candidates.length;",
      ...(["user", "context"] as const)
        .filter((scope) => scopes.has(scope))
        .map((scope) => `const ${scope} = readRecord(request, "", "${scope}");`),
      ...this.histories(),
      ...bound.flatMap((each, i) => this.read(each, i)),
      ...this.times(),
      ...crosses.map((each, i) => this.cross(each, i)),
      ...served.map((each, i) => this.served(each, i)),
      "return {",
      ...fed.map((each) => this.fed(each)),
      ...counts.map(({ name, of }) => {
        const count = of.kind === "candidates" ? "n" : this.stepsOf(of.name);
        return `[${quoted(name)}]: feedOf(Int32Array.of(${count}), [1]),`;
      }),
      "};",
    ];
  }

  /**
   * For each history that is read or counted: its list, its first counted step, and the number of counted
   * steps.
   */
  private histories(): string[] {
    const { histories, fillings } = this.facts;
    if (histories.length === 0) return [];
    return [
      'const history = readRecord(request, "", "history");',
      ...histories.flatMap(({ name, max }, i) => {
        const [list, from, steps] = [this.listOf(name), this.fromOf(name), this.stepsOf(name)];
        const read = `const ${list} = readList(propertyOf(history, ${quoted(name)}), ${quoted(`history.${name}`)});`;
        if (!fillings.has(name))
          return [
            read,
            `const ${from} = latestFrom(${list}.length, ${max});`,
            `const ${steps} = ${list}.length - ${from};`,
          ];
        const own = `own${i}`;
        return [
          read,
          `const ${own} = ownSteps(${list}, ${list}.length, FILLING${i});`,
          `const ${from} = ${own}.from + latestFrom(${own}.to - ${own}.from, ${max});`,
          `const ${steps} = ${own}.to - ${from};`,
        ];
      }),
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
    return this.facts.histories.findIndex(({ name }) => name === history);
  }

  /** Checks that no step is after the request. */
  private times(): string[] {
    const { times } = this.facts;
    return (times?.steps ?? []).map(({ input, name, history }) => {
      const of = history!.name;
      const steps = `${this.variableOf(input.name)}, ${this.fromOf(of)}, ${this.stepsOf(of)}`;
      const where = `${quoted(`history.${of}`)}, ${quoted(name)}`;
      const now = times!.now;
      return `requirePast(${steps}, ${where}, ${this.variableOf(now.input.name)}, ${quoted(`context.${now.name}`)});`;
    });
  }

  private served({ input, feature: { kind }, value }: ServedInput, i: number): string {
    this.variables.set(input.name, `served${i}`);
    const array = hasIds(kind) ? "Int32Array" : "Float32Array";
    return `const served${i} = new ${array}(${numbersIn(kind)}).fill(${value});`;
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
    const reader = `f.f${this.facts.features.indexOf(feature)}`;
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

  private cross(each: CrossInput, i: number): string {
    const { input, feature, parts } = each;
    const variable = `cross${i}`;
    this.variables.set(input.name, variable);
    const ids = parts.map(({ name }) => {
      const scope = this.facts.model.features.get(name)?.scope;
      return `${this.variableOf(name)}[${scope === "item" ? "i" : "0"}]${typed("!")}`;
    });
    const count = feature.scope === "item" ? "n" : "1";
    const id = typescriptOf(crossCall(each, ids), feature.name);
    const place = mentionedIn(id).has("i") ? "i" : "_i";
    return `const ${variable} = Int32Array.from({ length: ${count} }, (_, ${place}) => ${id});`;
  }

  private variableOf(input: string): string {
    const variable = this.variables.get(input);
    invariant(variable, `the graph has an input ${input} that the model does not declare`);
    return variable;
  }

  /** An entry of the inputs: the values as read, or repeated for each candidate if the model needs that. */
  private fed({ name, dtype, repeats, rowsOf, axes }: FedInput): string {
    const values = this.variableOf(name);
    const sizes = axes.map((axis) => {
      if (typeof axis === "number") return axis;
      if (axis.kind === "candidates") return "n";
      if (axis.kind === "steps") return this.stepsOf(axis.history);
      return axis.repeated ? `${values}.length * n` : `${values}.length`;
    });
    const repeated =
      repeats === "rows"
        ? `repeatedRows(${values}, ${rowsOf === null ? "1" : this.stepsOf(rowsOf)}, n)`
        : `${dtype === "i32" ? "repeatedInts" : "repeatedFloats"}(${values}, n)`;
    return `[${quoted(name)}]: feedOf(${repeats === "nothing" ? values : repeated}, [${sizes.join(", ")}]),`;
  }
}
