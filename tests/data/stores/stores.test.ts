// Rows in object stores: `s3://` and `gs://`. They are those of a file with the same rows; of a Parquet file only the
// columns that are read come over the wire; faults of the store are told, and its keys are told nowhere.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runHere } from "../../cli/run-here.ts";
import { columnsIn } from "../columns-in.ts";
import { type StoreAnswer, type StoreKeys, StoreServer } from "./store-server.ts";

const SPEC = `model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2  price : number |> log1p }
history clicks(max: 4) { item_id <-> past }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 64  epochs 1  metrics auc }
`;

/** Reads three of forty columns. */
const NARROW = `model wide
features user { user_id : id(min_count: 2)  embed 2 }
features item { price : number |> log1p }
label click : binary
net { predict click = concat(user_id, price) |> dense(1) |> sigmoid }
train { batch 1024  epochs 1 }
`;

const ROWS = `SELECT 'u' || hash(range) % 20 AS user_id, CAST(hash(range + 1) % 9 AS BIGINT) AS item_id, range / 7.0 AS price,
  ['i' || range % 3, 'i' || range % 5] AS past, CAST(hash(range + 2) % 3 = 0 AS INTEGER) AS click, range AS t`;

/** 40 columns, of which a spec reads three. */
const WIDE = `SELECT CAST(hash(range) % 2 AS INTEGER) AS click, CAST(hash(range + 7) % 5000 AS VARCHAR) AS user_id, random() AS price,
  ${Array.from({ length: 37 }, (_, i) => `random() AS c${i}`).join(", ")} FROM range(60000)`;

/** Files that are read as a whole, and their names in the store. */
const WHOLE = [
  ["arrow/clicks-zstd.arrow", "clicks.arrow"],
  ["arrow/clicks-stream-lz4.arrows", "clicks.arrows"],
  ["numpy/rows-deflated.npz", "rows.npz"],
] as const;

const folder = mkdtempSync(join(tmpdir(), "dinc-stores-"));
const at = (name: string) => join(folder, name);
let store: StoreServer;

beforeAll(async () => {
  for (const name of ["bucket/log/day=1", "bucket/log/day=2", "bucket/log/_old"])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(at("wide.din"), NARROW);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const copy = (query: string, name: string, options = "") =>
    connection.run(`COPY (${query}) TO '${at(`bucket/${name}`)}' ${options}`);
  await copy(`${ROWS} FROM range(400)`, "rows.parquet");
  await copy(
    `${ROWS.replace("['i'", "concat_ws('|', 'i'").replace("% 5]", "% 5)")} FROM range(400)`,
    "a b+c(1).csv",
  );
  await copy(`${ROWS} FROM range(200)`, "log/day=1/part-0.parquet");
  await copy(`${ROWS} FROM range(200, 300)`, "log/day=2/part-0.parquet");
  await copy(`${ROWS} FROM range(300, 400)`, "log/day=2/part-1.parquet");
  await copy(`${ROWS} FROM range(400)`, "log/_old/part-0.parquet");
  await copy(WIDE, "wide.parquet", "(ROW_GROUP_SIZE 20000)");
  for (const [name, copies] of [
    ["a b+c(1).csv", ["cut-1.csv", "cut-2.csv", "cut-3.csv"]],
    ["wide.parquet", ["cut.parquet"]],
  ] as const)
    for (const each of copies) copyFileSync(at(`bucket/${name}`), at(`bucket/${each}`));
  for (const [from, name] of WHOLE) copyFileSync(join(import.meta.dirname, "..", from), at(`bucket/${name}`));
  connection.closeSync();
  instance.closeSync();
  store = await StoreServer.open(at("bucket"));
}, 120_000);

afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  store.reset();
  inEnvironment(store.reader);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function inEnvironment({ id, secret }: StoreKeys): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", id);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ENDPOINT_URL", store.address);
}

/** The answer of S3 to a request that it refuses. */
const xml = (status: number, code: string, more = "", headers = {}): StoreAnswer => ({
  status,
  headers,
  text: `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`,
});

const here = (...args: readonly string[]) => runHere(args, { cwd: folder });

async function trained(train: string, out: string) {
  return here("train", "model.din", "--set", `data.train=${train}`, "--out", out, "--force");
}

async function weightsOf(train: string, out: string): Promise<Buffer> {
  const ran = await trained(train, out);
  expect(ran.code, ran.err).toBe(0);
  return readFileSync(at(`${out}/weights.safetensors`));
}

describe("rows of a store are those of a file", () => {
  test.each([
    ["Parquet, by columns", "s3://clicks/rows.parquet", "bucket/rows.parquet"],
    ["a CSV whose key has special characters", "s3://clicks/a b+c(1).csv", "bucket/a b+c(1).csv"],
    ["a folder", "s3://clicks/log/", "bucket/log"],
    ["a folder without a slash", "s3://clicks/log", "bucket/log"],
    ["a pattern", "s3://clicks/log/day=*/part-?.parquet", "bucket/log/day=*/part-?.parquet"],
    ["folders at any depth", "s3://clicks/**/part-0.parquet", "bucket/**/part-0.parquet"],
    [
      "a list",
      "[s3://clicks/log/day=2/part-*.parquet, s3://clicks/rows.parquet]",
      "[bucket/log/day=2/part-*.parquet, bucket/rows.parquet]",
    ],
  ])("%s", async (_, address, file) => {
    expect((await weightsOf(address, "own")).equals(await weightsOf(file, "plain"))).toBe(true);
  });

  test.each(WHOLE.map(([, name]) => name))("%s", async (name) => {
    expect(await columnsIn(`s3://clicks/${name}`)).toEqual(await columnsIn(at(`bucket/${name}`)));
  });

  test("Google's store takes a token", async () => {
    vi.unstubAllEnvs();
    vi.stubEnv("STORAGE_EMULATOR_HOST", store.address);
    vi.stubEnv("GOOGLE_OAUTH_ACCESS_TOKEN", "ya29.secret-token");
    const csv = readFileSync(at("bucket/a b+c(1).csv"), "utf8");
    store.answers = (path, { authorization }) =>
      authorization !== "Bearer ya29.secret-token"
        ? { status: 401, text: "<Error><Code>AuthenticationRequired</Code></Error>" }
        : path === "/clicks/rows.csv"
          ? { status: 200, text: csv }
          : null;
    expect(
      (await weightsOf("gs://clicks/rows.csv", "own")).equals(
        await weightsOf("bucket/a b+c(1).csv", "plain"),
      ),
    ).toBe(true);
    vi.stubEnv("GOOGLE_OAUTH_ACCESS_TOKEN", "old");
    expect((await trained("gs://clicks/other.csv", "none")).err).toContain("gcloud auth print-access-token");
  });

  test("Google's store takes keys", async () => {
    vi.unstubAllEnvs();
    vi.stubEnv("STORAGE_EMULATOR_HOST", store.address);
    vi.stubEnv("GS_ACCESS_KEY_ID", store.reader.id);
    vi.stubEnv("GS_SECRET_ACCESS_KEY", store.reader.secret);
    expect((await weightsOf("gs://clicks/log/", "own")).equals(await weightsOf("bucket/log", "plain"))).toBe(
      true,
    );
  });

  test("names are listed page by page", async () => {
    const page = (key: string, more: string) =>
      `<ListBucketResult><Contents><Key>${key}</Key></Contents>${more}</ListBucketResult>`;
    store.answers = (path) => {
      if (!path.includes("list-type")) return null;
      return path.includes("continuation-token=a%2Fb")
        ? { status: 200, text: page("log/day%3D2/part-0.parquet", "") }
        : {
            status: 200,
            text: page("log/day%3D1/part-0.parquet", "<NextContinuationToken>a/b</NextContinuationToken>"),
          };
    };
    await weightsOf("s3://clicks/log", "paged");
    const { files } = JSON.parse(readFileSync(at("paged/manifest.json"), "utf8")).data;
    expect(files.map(({ path }: { readonly path: string }) => path)).toEqual([
      "s3://clicks/log/day=1/part-0.parquet",
      "s3://clicks/log/day=2/part-0.parquet",
    ]);
  });
});

describe("the bytes on the wire", () => {
  test("are the footer and the columns that are read, each once", async () => {
    const ran = await here(
      "train",
      "wide.din",
      "--set",
      "data.train=s3://clicks/wide.parquet",
      "--out",
      "wide",
      "--force",
    );
    expect(ran.code, ran.err).toBe(0);
    const needed = await bytesOfColumns(["click", "user_id", "price"]);
    const size = statSync(at("bucket/wide.parquet")).size;
    expect(store.bytes).toBeGreaterThanOrEqual(needed);
    expect(store.bytes / needed).toBeLessThan(1.1);
    expect(store.bytes / size).toBeLessThan(0.1);
  });

  /** The compressed bytes of columns and of the footer. */
  async function bytesOfColumns(names: readonly string[]): Promise<number> {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const file = `'${at("bucket/wide.parquet")}'`;
    const columns = names.map((name) => `'${name}'`).join(", ");
    const result = await connection.runAndReadAll(
      `SELECT (SELECT sum(total_compressed_size) FROM parquet_metadata(${file}) WHERE path_in_schema IN (${columns})) + (SELECT footer_size FROM parquet_file_metadata(${file}))`,
    );
    connection.closeSync();
    instance.closeSync();
    return Number(result.getRows()[0]![0]);
  }
});

describe("a connection that is cut", () => {
  // A copy that was fetched is not fetched again, so each test has a file of its own.
  test("goes on where it was cut", async () => {
    store.cuts = [1000, 0, 500];
    expect(
      (await weightsOf("s3://clicks/cut-1.csv", "own")).equals(await weightsOf("bucket/cut-1.csv", "plain")),
    ).toBe(true);
    const last = statSync(at("bucket/cut-1.csv")).size - 1;
    const ranges = store.asked.flatMap(({ method, range }) => (method === "GET" ? [range] : []));
    expect(ranges).toEqual([undefined, `bytes=1000-${last}`, `bytes=1000-${last}`, `bytes=1500-${last}`]);
    expect(store.bytes).toBe(last + 1);
  });

  test("among the columns of a Parquet file, too", async () => {
    store.cuts = [16_384, 1000, 2000, 3000];
    const ran = await here(
      "train",
      "wide.din",
      "--set",
      "data.train=s3://clicks/cut.parquet",
      "--out",
      "cut",
      "--force",
    );
    expect(ran.code, ran.err).toBe(0);
    expect(store.cuts).toEqual([]);
    await here("train", "wide.din", "--set", "data.train=bucket/cut.parquet", "--out", "whole", "--force");
    const weights = (out: string) => readFileSync(at(`${out}/weights.safetensors`));
    expect(weights("cut").equals(weights("whole"))).toBe(true);
  });

  test("is given up in the end", async () => {
    store.cuts = [1000, 0, 0, 0, 0, 0];
    const { code, err } = await trained("s3://clicks/cut-2.csv", "none");
    expect(code).toBe(1);
    expect(err).toMatch(/its server broke off after 1000 of \d+ bytes, 5 times in a row/);
  });

  test("gives no rows of two contents", async () => {
    store.cuts = [1000];
    store.answers = (_, { range }) => (range === undefined ? null : { status: 412 });
    expect((await trained("s3://clicks/cut-3.csv", "none")).err).toContain("DIN0565");
  });
});

describe("a store that refuses", () => {
  test.each([
    [
      "another region",
      xml(301, "PermanentRedirect", "", { "x-amz-bucket-region": "us-west-2" }),
      /its bucket is in the region us-west-2, not in eu-west-1\n.*export AWS_REGION=us-west-2/s,
    ],
    [
      "another region, by the signature",
      xml(400, "AuthorizationHeaderMalformed", "<Region>us-west-2</Region>"),
      /its bucket is in the region us-west-2/,
    ],
    [
      "expired keys",
      xml(400, "ExpiredToken"),
      /the keys in the environment have expired\n.*aws configure export-credentials/s,
    ],
    ["another time", xml(403, "RequestTimeTooSkewed"), /the clock of this machine differs/],
    ["another fault", xml(405, "MethodNotAllowed"), /its store says 405 MethodNotAllowed/],
  ])("%s", async (_, answer, said) => {
    store.answers = () => answer;
    const { code, err } = await trained("s3://clicks/rows.parquet", "none");
    expect(code).toBe(1);
    expect(err).toMatch(/DIN0559/);
    expect(err).toMatch(said);
  });

  test("a store that has too much work is asked again", async () => {
    let times = 0;
    store.answers = () => (times++ < 2 ? xml(503, "SlowDown") : null);
    await weightsOf("s3://clicks/rows.parquet", "own");
  });

  test.each([
    ["an object that does not exist", "s3://clicks/gone.parquet", /there is no such object/],
    ["a bucket that does not exist", "s3://nowhere/rows.parquet", /there is no bucket `nowhere`/],
    ["an empty folder", "s3://clicks/gone/", /it is a folder without a file of rows/],
    ["a pattern without a match", "s3://clicks/gone-*.csv", /no object fits this pattern/],
    ["an unknown ending", "s3://clicks/rows.xlsx", /DIN0540/],
  ])("%s", async (_, address, said) => {
    expect((await trained(address, "none")).err).toMatch(said);
  });

  test("keys that do not fit, no rights, and no keys", async () => {
    const said = async () => (await trained("s3://clicks/rows.parquet", "none")).err;
    inEnvironment({ ...store.reader, secret: store.stranger.secret });
    expect(await said()).toContain("the store does not accept the keys in the environment");
    inEnvironment(store.stranger);
    expect(await said()).toContain("the keys in the environment do not allow it");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    store.answers = (_, { authorization }) => (authorization === undefined ? xml(403, "AccessDenied") : null);
    expect(await said()).toContain("its bucket is not public, and the environment has no keys");
  });
});

test("no key is in a run, a message, a draft or a prediction", async () => {
  const secrets = [store.reader.id, store.reader.secret, "session-secret"];
  const said: string[] = [];
  const heard = async (...args: readonly string[]) => {
    const { code, out, err } = await here(...args);
    said.push(out, err);
    return code;
  };
  expect(await heard("init", "draft", "--data", "s3://clicks/rows.parquet")).toBe(0);
  expect(await heard("train", "-c", "draft/dinc.yaml", "--out", "drafted")).toBe(0);
  expect(await heard("predict", "drafted", "--data", "s3://clicks/log/", "--out", "scores.csv")).toBe(0);
  expect(await heard("eval", "drafted", "--data", "s3://clicks/rows.parquet")).toBe(0);
  vi.stubEnv("AWS_SESSION_TOKEN", "session-secret");
  // As S3 answers: with the token.
  store.answers = () => xml(400, "ExpiredToken", "<Token-0>session-secret</Token-0>");
  expect(await heard("eval", "drafted", "--data", "s3://clicks/rows.parquet")).toBe(1);
  expect(said.at(-1)).toContain("have expired");
  const written = ["draft", "drafted"].flatMap((name) =>
    readdirSync(at(name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
  );
  expect(written.length).toBeGreaterThan(5);
  for (const text of [...written, ...said, readFileSync(at("scores.csv"), "latin1")])
    for (const secret of secrets) expect(text).not.toContain(secret);
  expect(readFileSync(at("draft/dinc.yaml"), "utf8")).toContain('train: "s3://clicks/rows.parquet"');
});
