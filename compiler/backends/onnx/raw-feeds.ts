// Gives a request as tensors of model.onnx with `--inputs raw`: the example that golden requests carry, which code in any
// language can follow.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { rawFields } from "../../frontend/model/model.ts";
import { idText } from "../../serve/features.ts";
import type { Feed } from "../../serve/feeds.ts";
import { isVector } from "../../serve/numbers.ts";
import { ownSteps } from "../../serve/padding.ts";
import { propertyOf } from "../../serve/requests.ts";
import type { InputFacts } from "./input-facts.ts";
import type { RawType } from "./raw-forms.ts";
import type { EncodedInput, RawInput } from "./raw-inputs.ts";

/** A tensor as JSON: its last axis varies fastest, and null is NaN. */
export interface RawFeed {
  readonly type: RawType | "int32";
  readonly dims: readonly number[];
  readonly data: readonly (string | number | null)[];
}

export interface FedInputs {
  readonly raw: readonly RawInput[];
  readonly encoded: readonly EncodedInput[];
}

/** Makes encoded inputs. */
export interface RequestFeeder {
  feeds(request: unknown): Readonly<Record<string, Feed>>;
}

/** `encoder` makes the encoded inputs; null if there are none. */
export function rawFeeds(
  { raw, encoded }: FedInputs,
  facts: InputFacts,
  request: unknown,
  encoder: RequestFeeder | null,
): Record<string, RawFeed> {
  const ofRaw = raw.map((input) => [input.name, rawFeed(input, recordsOf(input, facts, request))] as const);
  const ofCounts = facts.counts.map(({ name, of }) => {
    const { length } =
      of.kind === "candidates" ? listIn(request, "candidates") : stepsOf(of.name, facts, request);
    return [name, { type: "int32", dims: [1], data: [length] }] as const;
  });
  const given = encoded.length === 0 ? {} : encoder?.feeds(request);
  invariant(given !== undefined, "nothing makes the encoded inputs");
  const ofEncoded = encoded.map(({ name }) => {
    const { type, dims, data } = given[name]!;
    return [name, { type: type === "int32" ? type : "float", dims, data: [...data] }] as const;
  });
  // Names may be those of an object's own properties, such as `__proto__`.
  return Object.fromEntries<RawFeed>([...ofRaw, ...ofCounts, ...ofEncoded]);
}

function recordsOf({ history, scope }: RawInput, facts: InputFacts, request: unknown): readonly unknown[] {
  if (history !== null) return stepsOf(history.name, facts, request);
  switch (scope) {
    case "item":
      return listIn(request, "candidates");
    case "user":
    case "context":
      return [propertyOf(request, scope)];
    case "training":
    case "history":
      throw new InternalError(`requests have no values of the scope ${scope}`);
  }
}

function listIn(record: unknown, name: string): readonly unknown[] {
  const list = propertyOf(record, name);
  return Array.isArray(list) ? list : [];
}

/** All steps of a history without its padding. */
function stepsOf(name: string, { model, read }: InputFacts, request: unknown): readonly unknown[] {
  const all = listIn(propertyOf(request, "history"), name);
  const filling = {
    fields: rawFields(model.histories.get(name)!).map((field) => field.name),
    values: new Set(read.fillings.get(name)),
  };
  const { from, to } = ownSteps(all, all.length, filling);
  return all.slice(from, to);
}

function rawFeed({ name, type, width, raw, missing }: RawInput, records: readonly unknown[]): RawFeed {
  const values = records.map((record) => propertyOf(record, raw) ?? null);
  const rows = records.length;
  switch (type) {
    case "string":
      return {
        type,
        dims: [rows],
        data: values.map((value) => (value === null ? missing : textOf(name, value))),
      };
    case "int64":
      return {
        type,
        dims: [rows],
        data: values.map((value) => (value === null ? missing : wholeOf(name, value))),
      };
    case "double":
      return { type, dims: [rows], data: values.map((value) => numberOf(name, value)) };
    case "float": {
      const none = new Array<null>(width).fill(null);
      return { type, dims: [rows, width], data: values.flatMap((value) => vectorOf(name, value, none)) };
    }
  }
}

function textOf(name: string, value: unknown): string {
  const text = idText(value);
  invariant(text !== null, `${String(value)} of ${name} isn't an id`);
  return text;
}

/** A text that isn't a whole number is unknown to all features that read these, as is 2⁵³ − 1. */
function wholeOf(name: string, value: unknown): number {
  const text = textOf(name, value);
  return idText(Number(text)) === text ? Number(text) : Number.MAX_SAFE_INTEGER;
}

function numberOf(name: string, value: unknown): number | null {
  invariant(value === null || typeof value === "number", `${String(value)} of ${name} isn't a number`);
  return value;
}

function vectorOf(
  name: string,
  value: unknown,
  none: readonly (number | null)[],
): readonly (number | null)[] {
  if (value === null) return none;
  invariant(isVector(value), `${String(value)} of ${name} isn't a vector`);
  return Array.from(value, (each) => numberOf(name, each));
}
