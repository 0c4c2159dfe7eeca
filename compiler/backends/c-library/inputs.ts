// Prints the table of inputs by which the encoders of compiler/serve/c read requests, from the same facts and the same
// encoders as the tables of TypeScript and Python.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { Call, EmittedValue } from "../../frontend/kinds/made.ts";
import { hasIds, numbersIn } from "../../frontend/kinds/registry.ts";
import { type Feature, ownerOf, rawFields } from "../../frontend/model/model.ts";
import { rowsKey } from "../../middle/graph/types.ts";
import { NO_INDEX, pathOf } from "../../serve/requests.ts";
import type { PlannedInput } from "../serving/plan.ts";
import type { BoundInput, CrossInput, ReadInputs } from "../typescript/read-inputs.ts";
import { readerOfOne } from "../typescript/readers.ts";
import type { FittedContent } from "./fitted.ts";
import { cDouble, cString } from "./names.ts";

/** A part of a request, as `dinc_rows` gives it: each row has a value for every field. */
export interface CPart {
  readonly kind: "history" | "record" | "candidates";
  /** `clicks`, `user`. */
  readonly name: string;
  readonly fields: readonly string[];
}

export interface CInputs extends FittedContent {
  /** Definitions, of which the last is `static const dinc_inputs NAME`. */
  readonly code: readonly string[];
  /** The parts of a request in the order of the table, without candidates. */
  readonly parts: readonly CPart[];
  readonly candidates: CPart;
  /** Words of memory that a session needs to find the distinct values of a set. */
  readonly scratch: number;
  /** Whether features are texts: then compile with `DINC_HAS_WORDS`. */
  readonly hasWords: boolean;
  /** Whether values of sets have weights: then compile with `DINC_HAS_PAIRS`. */
  readonly hasPairs: boolean;
}

/** The parts of a request in the order of the table, and candidates. */
export function requestParts({
  bound,
  histories,
  fillings,
}: ReadInputs): Pick<CInputs, "parts" | "candidates"> {
  const single = bound.filter(({ history }) => history === null);
  const namesOf = (some: readonly BoundInput[]) => [...new Set(some.map(({ raw }) => raw))];
  const parts = [
    ...histories.map((history): CPart => {
      const { name } = history;
      // Whether a step fills the history up depends on all of its fields.
      const fields = fillings.has(name)
        ? rawFields(history).map((each) => each.name)
        : namesOf(bound.filter((each) => each.history === history));
      return { kind: "history", name, fields };
    }),
    ...(["user", "context"] as const).flatMap((scope): CPart[] => {
      const fields = namesOf(single.filter(({ feature }) => feature.scope === scope));
      return fields.length === 0 ? [] : [{ kind: "record", name: scope, fields }];
    }),
  ];
  return {
    parts,
    candidates: { kind: "candidates", name: "candidates", fields: namesOf(single.filter(ofItems)) },
  };
}

function ofItems({ feature }: { readonly feature: Feature }): boolean {
  return feature.scope === "item";
}

/**
 * The places of the table are indices into the plan's inputs, its sets those into the plan's sets. `name` is that of the
 * table, and begins the names of its parts.
 */
export function cInputs(read: ReadInputs, name: string): CInputs {
  return new TablePrinter(read, name).print();
}

class TablePrinter {
  private readonly read: ReadInputs;
  private readonly name: string;
  private readonly code: string[] = [];
  /** Names by definition, so that equal ones are printed once. */
  private readonly defined = new Map<string, string>();
  private readonly vocabularies: FittedContent["vocabularies"][number][] = [];
  private readonly lists: FittedContent["lists"][number][] = [];
  /** The numbers that each list must have. */
  private readonly least: number[] = [];

  constructor(read: ReadInputs, name: string) {
    this.read = read;
    this.name = name;
  }

  print(): CInputs {
    const { bound, features, times, served, crosses, plan } = this.read;
    const single = bound.filter(({ history }) => history === null);
    const { parts, candidates } = requestParts(this.read);
    const items = single.filter(ofItems);
    const partTexts = parts.map((part) =>
      this.partText(
        part,
        bound.filter(({ history, feature }) =>
          part.kind === "history"
            ? history?.name === part.name
            : history === null && feature.scope === part.name,
        ),
      ),
    );
    const pasts = (times?.steps ?? []).map(({ history, input, name }) => {
      const part = parts.findIndex((each) => each.kind === "history" && each.name === history?.name);
      const own = cString(`context.${times!.now.name}`);
      const at = [
        part,
        parts[part]!.fields.indexOf(name),
        this.placeOf(input),
        this.placeOf(times!.now.input),
      ];
      return `{${at.join(", ")}, ${own}}`;
    });
    const servedTexts = served.map(({ input, feature: { kind }, value }) => {
      const isId = hasIds(kind);
      return `{${this.placeOf(input)}, ${numbersIn(kind)}, ${isId ? 1 : 0}, ${cDouble(Math.fround(value))}}`;
    });
    const scratch = Math.max(0, ...features.map(scratchOf));
    const table = [
      ...this.arrayFields("dinc_part", "parts", partTexts, "part_count"),
      `.candidates = ${this.partText(candidates, items)}`,
      ...this.arrayFields("dinc_past", "pasts", pasts, "past_count"),
      ...this.arrayFields("dinc_served", "served", servedTexts, "served_count"),
      ...this.crossFields(
        "request",
        crosses.filter((each) => !ofItems(each)),
      ),
      ...this.crossFields("candidate", crosses.filter(ofItems)),
      `.place_count = ${plan.inputs.length}`,
      `.set_count = ${plan.sets.length}`,
      `.scratch = ${scratch}`,
      `.vocabulary_count = ${this.vocabularies.length}`,
      `.list_count = ${this.lists.length}`,
      ...(this.least.length === 0 ? [] : [`.least = ${this.array("uint32_t", this.least.map(String))}`]),
    ];
    this.code.push(`static const dinc_inputs ${this.name} = {`, ...table.map((line) => `  ${line},`), "};");
    return {
      ...{ code: this.code, parts, candidates, vocabularies: this.vocabularies, lists: this.lists },
      scratch,
      hasWords: features.some(({ kind }) => kind.kind === "text"),
      hasPairs: features.some(({ set }) => set?.weighted === true),
    };
  }

  /** All fields of a history that may have padding; null for any other. */
  private placeOf({ name }: PlannedInput): number {
    return this.read.plan.inputs.findIndex((each) => each.name === name);
  }

  /** The name of an array, which is defined if no equal one is. */
  private array(type: string, entries: readonly string[]): string {
    return this.define(type, `[${entries.length}]`, `{${entries.join(", ")}}`);
  }

  private define(type: string, size: string, value: string): string {
    const key = `${type} ${value}`;
    const known = this.defined.get(key);
    if (known !== undefined) return known;
    const name = `${this.name}_${this.defined.size}`;
    this.defined.set(key, name);
    this.code.push(`static const ${type} ${name}${size} = ${value};`);
    return name;
  }

  /** The fields of a struct with an array and its length; none if the array is empty. */
  private arrayFields(type: string, field: string, entries: readonly string[], count: string): string[] {
    return entries.length === 0
      ? []
      : [`.${field} = ${this.array(type, entries)}`, `.${count} = ${entries.length}`];
  }

  private partText({ kind, name, fields }: CPart, inputs: readonly BoundInput[]): string {
    const max = this.read.histories.find((each) => each.name === name)?.max ?? 0;
    const filling = kind === "history" ? this.read.fillings.get(name) : undefined;
    const fieldTexts = fields.map((field) => {
      const path = pathOf("", NO_INDEX, field);
      return `{${cString(field)}, ${cString(path)}}`;
    });
    const entries = [
      `.where = ${cString(kind === "history" ? `history.${name}` : name)}`,
      `.name = ${cString(name)}`,
      ...(kind === "history" ? [".is_history = 1", `.max = ${max}`] : []),
      ...this.arrayFields("dinc_field", "fields", fieldTexts, "field_count"),
      ...this.arrayFields(
        "dinc_input",
        "inputs",
        inputs.map((each) => this.inputText(each, fields.indexOf(each.raw))),
        "input_count",
      ),
      ...(filling === undefined ? [] : [`.filling = &${this.filling(filling)}`]),
    ];
    return `{${entries.join(", ")}}`;
  }

  private filling(values: readonly string[]): string {
    const texts = values.map((value) => `{${cString(value)}, ${new TextEncoder().encode(value).length}}`);
    const numbers = values.filter((value) => String(Number(value)) === value).map((x) => cDouble(Number(x)));
    const fields = [
      ...this.arrayFields("struct dinc_filling_text", "texts", texts, "text_count"),
      ...this.arrayFields("double", "numbers", numbers, "number_count"),
    ];
    return this.define("dinc_filling", "", `{${fields.join(", ")}}`);
  }

  private inputText({ input, rowOf, weights, feature }: BoundInput, field: number): string {
    const entries = [`.field = ${field}`, `.feature = &${this.feature(feature)}`];
    entries.push(`.place = ${this.placeOf(input)}`);
    if (rowOf !== null) {
      const { rows } = input;
      invariant(rows.kind === "elements", "a set is read into rows of another kind");
      const set = this.read.plan.sets.findIndex((each) => rowsKey(each) === rowsKey(rows));
      entries.push(`.rows = ${this.placeOf(rowOf)}`, `.set = ${set}`);
      if (weights !== null) entries.push(`.weights = ${this.placeOf(weights)}`);
    }
    return `{${entries.join(", ")}}`;
  }

  private feature(feature: Feature): string {
    const { features } = this.read;
    const reader = readerOfOne(features, features.indexOf(feature));
    const made = callOf(reader);
    const space = made.name === "OrUnknown" ? callOf(made.of[0]!) : made;
    const isOptional = feature.missingIsUnknown;
    const set = feature.set === null ? [] : [`.set = ${setKindOf(feature)}`, `.max = ${feature.set.max}`];
    const entries = [
      ...this.spaceFields(space, ownerOf(feature)),
      ...(isOptional ? [".missing_is_unknown = 1"] : []),
      ...set,
      ...(feature.set?.weighted === true && feature.set.pool === "mean" ? [".of_mean = 1"] : []),
    ];
    return this.define("dinc_feature", "", `{${entries.join(", ")}}`);
  }

  private spaceFields({ name, of }: Call, owner: string): string[] {
    switch (name) {
      case "Vocabulary":
        return [".kind = DINC_VOCABULARY", `.list = ${this.vocabulary(of[0]!, owner)}`];
      case "IntegerRange":
        return [".kind = DINC_RANGE", `.low = INT64_C(${numberOf(of[0])})`, `.size = ${numberOf(of[1])}`];
      case "HashedIds":
        return [
          ".kind = DINC_HASH",
          `.size = ${numberOf(of[0])}`,
          ...(of[1] === undefined ? [] : [`.seed = ${numberOf(of[1])}`]),
        ];
      case "Buckets":
        return [
          ".kind = DINC_BUCKETS",
          ...this.numberFields(callOf(of[0]!), owner),
          ...this.boundsFields(of[1]!, owner),
        ];
      case "ClockIds": {
        const [changes, offsets] = [numbersOf(of[1]!), numbersOf(of[2]!)];
        return [
          `.kind = DINC_${String(of[0]).toUpperCase()}`,
          ...this.arrayFields(
            "int64_t",
            "changes",
            changes.map((each) => `INT64_C(${each})`),
            "change_count",
          ),
          `.offsets = ${this.array("int32_t", offsets.map(String))}`,
        ];
      }
      case "Numbers":
        return [".kind = DINC_NUMBERS", ...this.numberFields({ kind: "call", name, of }, owner)];
      case "Vectors":
        return [".kind = DINC_VECTOR", `.size = ${numberOf(of[0])}`, missingField(of[1])];
      case "Times":
        return [".kind = DINC_TIME"];
      case "Codes": {
        const [vectors, centroids, most, prefixes] = of;
        const [width, missing] = callOf(vectors!).of;
        invariant(centroids !== undefined && isList(centroids), "codes have no list of levels");
        const lists = centroids.map((level) => this.list(owner, learnedOf(level).place, numberOf(width)));
        return [
          ".kind = DINC_CODES",
          `.list = ${lists[0]}`,
          `.size = ${numberOf(width)}`,
          `.clusters = ${numberOf(most)}`,
          `.prefixes = ${numberOf(prefixes)}`,
          missingField(missing),
        ];
      }
      default:
        throw new InternalError(`compiler/serve/c has no ${name}`);
    }
  }

  private vocabulary(made: EmittedValue, owner: string): number {
    const values = isList(made) ? made.map(String) : null;
    const known = this.vocabularies.findIndex((each) => each.owner === owner);
    return known !== -1 ? known : this.vocabularies.push({ owner, values }) - 1;
  }

  /** The number of what a transform learned, of which there are `least` numbers. */
  private list(owner: string, place: number, least: number): number {
    const known = this.lists.findIndex((each) => each.owner === owner && each.place === place);
    if (known !== -1) return known;
    this.least.push(least);
    return this.lists.push({ owner, place }) - 1;
  }

  /** Transforms, and the number that replaces a missing value. */
  private numberFields({ of: [steps, missing] }: Call, owner: string): string[] {
    invariant(steps !== undefined && isList(steps), "numbers have no list of transforms");
    const texts = steps.map((each) => this.stepText(callOf(each), owner));
    return [...this.arrayFields("dinc_step", "steps", texts, "step_count"), missingField(missing)];
  }

  private stepText({ name, of }: Call, owner: string): string {
    switch (name) {
      case "log1p":
        return "{DINC_LOG1P, 0, 0, DINC_NONE}";
      case "clip":
        return `{DINC_CLIP, ${cDouble(numberOf(of[0]))}, ${cDouble(numberOf(of[1]))}, DINC_NONE}`;
      case "standardize":
      case "minMax": {
        const kind = name === "minMax" ? "DINC_MIN_MAX" : "DINC_STANDARDIZE";
        const [first, second] = of.map(learnedOf);
        invariant(first?.at === 0 && second?.at === 1, `${name} reads other numbers than it learned`);
        return `{${kind}, 0, 0, ${this.list(owner, first.place, 2)}}`;
      }
      default:
        throw new InternalError(`compiler/serve/c has no ${name}`);
    }
  }

  private boundsFields(made: EmittedValue, owner: string): string[] {
    if (!isList(made)) return [`.list = ${this.list(owner, learnedOf(made).place, 0)}`];
    return [
      ".list = DINC_NONE",
      ...this.arrayFields("double", "bounds", numbersOf(made).map(cDouble), "bound_count"),
    ];
  }

  private crossFields(phase: "request" | "candidate", crosses: readonly CrossInput[]): string[] {
    const texts = crosses.map(({ input, feature: { kind, name }, parts }) => {
      invariant(kind.kind === "cross", `${name} isn't a cross`);
      const of = parts.map((part) => `{${this.placeOf(part)}, ${part.slot.phase === "candidate" ? 1 : 0}}`);
      return `{${this.placeOf(input)}, ${kind.size}, ${of.length}, ${this.array("struct dinc_cross_part", of)}}`;
    });
    return this.arrayFields("dinc_cross", `${phase}_crosses`, texts, `${phase}_cross_count`);
  }
}

function setKindOf({ kind: { kind }, set }: Feature): string {
  if (set?.weighted === true) return "DINC_WEIGHTED";
  return kind === "text" ? "DINC_WORDS" : kind === "codes" ? "DINC_LEVELS" : "DINC_SET";
}

/**
 * Words of memory that a thread needs to find the distinct values of a set, with their weights in 64 bits, or the distinct
 * words of a text, or for a vector in 32 bits and its rest in 64.
 */
function scratchOf({ set, kind }: Feature): number {
  if (set === null) return 0;
  if (kind.kind === "codes") return 3 * kind.width;
  let slots = 2;
  while (slots < 2 * set.max) slots *= 2;
  const exact = set.weighted ? 2 * set.max : 0;
  return 2 * slots + exact + (kind.kind === "text" ? LETTERS_WORDS * set.max : 0);
}

/** `DINC_LETTERS_WORDS` of words.c. */
const LETTERS_WORDS = 32;

function missingField(missing: EmittedValue | undefined): string {
  return `.missing = ${missing === undefined ? "NAN" : cDouble(numberOf(missing))}`;
}

function isList(made: EmittedValue): made is readonly EmittedValue[] {
  return Array.isArray(made);
}

function callOf(made: EmittedValue): Call {
  if (typeof made === "object" && "kind" in made && made.kind === "call") return made;
  throw new InternalError("an encoder isn't a call");
}

function learnedOf(made: EmittedValue) {
  if (typeof made === "object" && "kind" in made && made.kind === "learned") return made;
  throw new InternalError("a transform has no learned number");
}

function numberOf(made: EmittedValue | undefined): number {
  if (typeof made === "number") return made;
  throw new InternalError("an encoder has no number");
}

function numbersOf(made: EmittedValue): number[] {
  invariant(isList(made), "an encoder has no list");
  return made.map(numberOf);
}
