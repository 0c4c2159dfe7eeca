// Describes the requests and answers of a model's server as OpenAPI 3.1, from the spec: names, kinds, ranges, lists,
// lengths, defaults, and doc comments.

import { hasRawLists, hasRawValue, mayBeMissing, rawKindOf } from "../../frontend/kinds/registry.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import { type Feature, type History, type Model, rawFields } from "../../frontend/model/model.ts";
import { ownTimeOf } from "../../frontend/model/own-time.ts";
import type { ReadInputs } from "../typescript/read-inputs.ts";
import { featureDoc, mayBeAbsent } from "../typescript/schema.ts";

/** A schema of JSON Schema 2020-12, or another object of OpenAPI. */
export type OpenApiObject = { readonly [key: string]: unknown };

export interface OpenApiFacts {
  readonly run: string | null;
  /** A request that the model scores; null if there is none. */
  readonly example: unknown;
}

/** `explains`: whether the model attends to a history. */
export function openApiOf(
  model: Model,
  inputs: ReadInputs,
  explains: boolean,
  { run, example }: OpenApiFacts,
): OpenApiObject {
  const request = requestSchema(model, inputs);
  const rank = {
    ...operation("Scores the candidates of a request, or of each request of a list.", example),
    responses: answers("Scores in the order of the candidates.", {
      oneOf: [ref("Ranking"), ref("Rankings")],
    }),
  };
  const explain = {
    ...operation("The weight of each step of a history for each candidate.", example),
    responses: answers("Attention weights.", {
      oneOf: [
        answered(ref("Explanation")),
        answered({ type: "object", properties: { answers: listOf(ref("Explanation")) } }),
      ],
    }),
  };
  return {
    openapi: "3.1.0",
    info: {
      title: model.name,
      version: run ?? "untrained",
      description: [model.doc, `Ranks candidates by the model ${model.name}.`]
        .filter((line) => line !== "")
        .join("\n\n"),
    },
    paths: {
      "/rank": { post: rank },
      ...(explains ? { "/explain": { post: explain } } : {}),
      "/weights/patch": { post: PATCH },
      "/about": read("The identity of the loaded model.", ref("About")),
      "/health": {
        get: {
          summary: "Whether the server takes requests.",
          responses: {
            "200": response("It does.", READY),
            "503": response("It loads the first model, or ends.", READY),
          },
        },
      },
      "/stats": read("The counts of values and scores, as dinc test-data --stats takes them.", {
        type: "object",
      }),
      "/metrics": {
        get: {
          summary: "Metrics for Prometheus.",
          responses: {
            "200": { description: "Metrics.", content: { "text/plain": { schema: { type: "string" } } } },
          },
        },
      },
    },
    components: {
      schemas: {
        Request: request,
        Scores: scoresSchema(model),
        Ranking: answered({ type: "object", properties: { scores: ref("Scores") }, required: ["scores"] }),
        Rankings: answered({
          type: "object",
          properties: {
            answers: listOf({ type: "object", properties: { scores: ref("Scores") }, required: ["scores"] }),
          },
          required: ["answers"],
        }),
        ...(explains ? { Explanation: EXPLANATION } : {}),
        About: ABOUT,
        Problem: PROBLEM,
      },
      securitySchemes: { patchToken: { type: "http", scheme: "bearer" } },
    },
  };
}

const ref = (name: string): OpenApiObject => ({ $ref: `#/components/schemas/${name}` });
const listOf = (items: OpenApiObject): OpenApiObject => ({ type: "array", items });
const text = (description: string): OpenApiObject => ({ type: "string", description });

const READY = {
  type: "object",
  properties: {
    ready: { type: "boolean", description: "Whether the server takes requests." },
    degraded: { type: "boolean", description: "Whether threads have ended that are not yet replaced." },
    threads: { type: "integer", minimum: 0, description: "The number of threads that take requests." },
  },
  required: ["ready", "degraded", "threads"],
};
const ABOUT = {
  type: "object",
  properties: {
    model: text("The name of the model in its spec."),
    program: text("The fingerprint of the program, the same for every run of the spec."),
    run: {
      type: ["string", "null"],
      description: "The start of the SHA-256 of the run's weights.safetensors.",
    },
    version: text("The version of dinc."),
  },
  required: ["model", "program", "run", "version"],
};
const PROBLEM = {
  type: "object",
  properties: {
    error: text("The kind of problem: RankerInputError, InvalidJson, BodyTooLarge, …"),
    field: text(
      "The path of the wrong value, such as candidates[3].price; in a list [2].candidates[3].price.",
    ),
    message: text("What is wrong, as a sentence."),
  },
  required: ["error", "message"],
};
const PATCH = {
  summary: "Takes a patch of dinc weights diff, if the server was started with --patch-token.",
  security: [{ patchToken: [] }],
  requestBody: {
    required: true,
    content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
  },
  responses: {
    "200": response("The server ranks with the weights that the patch leads to.", ref("About")),
    "401": response("The token is missing or wrong.", ref("Problem")),
    "404": response("The server was started without --patch-token.", ref("Problem")),
    "409": response("The patch was refused, and the loaded weights stay.", ref("Problem")),
  },
};
const EXPLANATION = {
  type: "object",
  properties: {
    attentions: listOf({
      type: "object",
      properties: {
        history: text("The history."),
        code: text("The expression of the spec that attends to it."),
        head: { type: "integer", minimum: 0 },
        areShares: { type: "boolean", description: "Whether the weights of a candidate sum to 1." },
        first: { type: "integer", minimum: 0, description: "The index of the first step that counts." },
        weights: listOf(listOf({ type: "number" })),
      },
      required: ["history", "code", "head", "areShares", "first", "weights"],
    }),
  },
  required: ["attentions"],
};

/** With the model and the run that answered. */
function answered(schema: OpenApiObject): OpenApiObject {
  const who = {
    type: "object",
    properties: { model: { type: "string" }, run: { type: ["string", "null"] } },
    required: ["model", "run"],
  };
  return { allOf: [who, schema] };
}

function operation(summary: string, example: unknown): OpenApiObject {
  const schema = { oneOf: [ref("Request"), listOf(ref("Request"))] };
  const examples =
    example === null ? {} : { examples: { request: { summary: "A golden request", value: example } } };
  return {
    summary,
    requestBody: { required: true, content: { "application/json": { schema, ...examples } } },
  };
}

function response(description: string, schema: OpenApiObject): OpenApiObject {
  return { description, content: { "application/json": { schema } } };
}

function answers(description: string, schema: OpenApiObject): OpenApiObject {
  return {
    "200": response(description, schema),
    "400": response("The request cannot be scored; `field` names the wrong value.", ref("Problem")),
    "413": response("The body, or the number of candidates, is too large.", ref("Problem")),
    "415": response("The body is not declared as JSON.", ref("Problem")),
    "503": response(
      "Too many requests are being scored, the scores were not there in time, or a thread ended: try again.",
      ref("Problem"),
    ),
  };
}

function read(summary: string, schema: OpenApiObject): OpenApiObject {
  return {
    get: {
      summary,
      responses: {
        "200": response(summary, schema),
        "503": response("The model is being loaded.", ref("Problem")),
      },
    },
  };
}

function requestSchema(model: Model, { bound, histories }: ReadInputs): OpenApiObject {
  const used = new Set(bound.filter(({ history }) => history === null).map(({ raw }) => raw));
  const own = ownTimeOf(model);
  const ofScope = (scope: Feature["scope"]) =>
    [...model.features.values()].filter((feature) => feature.scope === scope && hasRawValue(feature));
  const record = (scope: Feature["scope"], description: string): PartSchema => {
    const features = ofScope(scope);
    const needed = features.filter((feature) => used.has(feature.name));
    return {
      schema: objectOf(
        features.map((feature) => ({
          name: feature.name,
          schema: featureSchema(feature, used.has(feature.name), feature === own),
          isRequired: used.has(feature.name) && !mayBeAbsent(feature),
        })),
        description,
      ),
      isEmpty: features.length === 0,
      isRequired: needed.length > 0,
    };
  };
  const history: PartSchema = {
    schema: objectOf(
      [...model.histories.values()].map((each) => ({
        name: each.name,
        schema: historySchema(each, bound),
        isRequired: histories.includes(each),
      })),
      "What the user did: steps in the order of time, the latest last.",
    ),
    isEmpty: model.histories.size === 0,
    isRequired: histories.length > 0,
  };
  const parts = {
    user: record("user", "What is known of the user."),
    context: record("context", "The circumstances of the request."),
    history,
  };
  const most = model.requests === null ? {} : { maxItems: model.requests.max };
  return objectOf(
    [
      ...Object.entries(parts).flatMap(([name, { isEmpty, ...part }]) =>
        isEmpty ? [] : [{ name, ...part }],
      ),
      {
        name: "candidates",
        schema: { ...listOf(record("item", "An item to be scored.").schema), ...most },
        isRequired: true,
      },
    ],
    "A user and the candidates to be ranked.",
  );
}

interface PartSchema {
  readonly schema: OpenApiObject;
  readonly isEmpty: boolean;
  readonly isRequired: boolean;
}

interface PropertySchema {
  readonly name: string;
  readonly schema: OpenApiObject;
  readonly isRequired: boolean;
}

function objectOf(properties: readonly PropertySchema[], description: string): OpenApiObject {
  const required = properties.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    ...{ type: "object", description },
    properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function historySchema(history: History, bound: ReadInputs["bound"]): OpenApiObject {
  const reads = (raw: string) => bound.some((each) => each.history === history && each.raw === raw);
  const fields = rawFields(history).map(({ name, feature }) => ({
    name,
    schema: featureSchema(feature, reads(name)),
    isRequired: reads(name) && !mayBeAbsent(feature),
  }));
  const doc = [history.doc, `The latest ${history.max} steps count.`].filter((line) => line !== "");
  return { ...listOf(objectOf(fields, "A step.")), description: doc.join("\n") };
}

function featureSchema(feature: Feature, used: boolean, isOwnTime = false): OpenApiObject {
  const { kind, set } = feature;
  const value = valueSchema(feature);
  const one = mayBeMissing(feature) ? { anyOf: [value, { type: "null" }] } : value;
  const weighted = { type: "array", prefixItems: [one, { type: "number" }], minItems: 2, maxItems: 2 };
  const schema = hasRawLists(feature) ? listOf(set?.weighted === true ? weighted : one) : one;
  const missing = "missing" in kind && kind.missing !== null && mayBeAbsent(feature);
  const otherwise =
    missing && (kind.kind === "number" || kind.kind === "bins") ? { default: kind.missing } : {};
  return { ...schema, ...otherwise, description: featureDoc(feature, used, isOwnTime).join("\n") };
}

const ID = { type: ["string", "integer"] };

/** One value, before it may be missing. Ids that are none of the stated ones count as unknown, so that they are allowed. */
function valueSchema(feature: Feature): OpenApiObject {
  const { kind } = feature;
  switch (kind.kind) {
    case "enum":
      return { anyOf: [{ enum: kind.values }, ID] };
    case "int":
      return { anyOf: [{ type: "integer", minimum: kind.low, maximum: kind.high }, ID] };
    case "sized_id":
      return { anyOf: [{ type: "integer", minimum: 0, maximum: kind.size - 1 }, ID] };
    case "number":
    case "bins":
      return { type: "number" };
    case "vector":
    case "codes":
      return { ...listOf({ type: "number" }), minItems: kind.width, maxItems: kind.width };
    case "text":
      return { type: "string" };
    default:
      return rawKindOf(feature).rawType(kind) === "RawId"
        ? ID
        : { anyOf: [{ type: "string", format: "date-time" }, { type: ["string", "number"] }] };
  }
}

/** One list of numbers, or one by label or output. */
function scoresSchema({ predictions, labels, outputs }: Model): OpenApiObject {
  const ofLabels = predictions.map(({ label, width }) => {
    const { doc, type } = labels.get(label)!;
    const { outcome } = labelKindOf({ type });
    const isNumber = outcome === "number";
    const range = isNumber ? {} : { minimum: 0, maximum: 1 };
    const said = isNumber ? "A number for each candidate." : "A probability for each candidate.";
    const classes = "classes" in type ? ` of each class: ${type.classes.join(", ")}` : "";
    const ofClasses = width > 1 ? `For each candidate the probability${classes}.` : said;
    return {
      ...{ name: label, isRequired: true },
      schema: {
        ...listOf({ type: "number", ...range }),
        description: [doc, ofClasses].filter((line) => line !== "").join("\n"),
      },
    };
  });
  const ofOutputs = outputs.map(({ name, width, per }) => ({
    ...{ name, isRequired: true },
    schema: {
      ...listOf({ type: "number" }),
      description:
        per === "request" ? `${width} numbers of the request.` : `${width} numbers for each candidate.`,
    },
  }));
  const all = [...ofLabels, ...ofOutputs];
  return all.length === 1 ? all[0]!.schema : objectOf(all, "A list for each label and output.");
}
