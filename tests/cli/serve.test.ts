// dinc serve: ranks over HTTP as `dinc predict` scores, names what is wrong with a request, takes other runs under load
// without a request that fails, and ends when it has answered.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { flagOf } from "../../compiler/common/option-text.ts";
import { serverOptions } from "../../runtime/serve/options.ts";
import { HttpServer, until } from "../support/http-server.ts";
import { runHere } from "./run-here.ts";
import { root, run, STACK_TRACE } from "./spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-serve-"));
const here = { cwd: folder };
const at = (name: string) => join(folder, name);

const SPEC = `model shop
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let interest = attention(item_id, clicks, clicks)
  predict click = concat(user_id, item_id, price, interest) |> dense(1) |> sigmoid
}
train { optimizer adam  batch 16  epochs 1  metrics log_loss }
`;

interface Request {
  readonly user: object;
  readonly history: { readonly clicks: readonly object[] };
  readonly candidates: readonly object[];
}

const row = (i: number) => ({
  user: `u${i % 7}`,
  item: `i${(i * i) % 30}`,
  price: (i % 40) / 4,
  past: [i % 30, (3 * i) % 30],
});
const line = (i: number) => {
  const { user, item, price, past } = row(i);
  return `${user},${item},${price},${past.map((each) => `i${each}`).join("|")},${(i * i) % 30 > 14 ? 1 : 0}`;
};
const csv = (rows: number) =>
  `user_id,item_id,price,clicked,click\n${Array.from({ length: rows }, (_, i) => line(i)).join("\n")}\n`;
/** The request of row i alone, or with so many candidates. */
const requestOf = (i: number, candidates = 1): Request => {
  const { user, past } = row(i);
  return {
    user: { user_id: user },
    history: { clicks: past.map((each) => ({ item_id: `i${each}` })) },
    candidates: Array.from({ length: candidates }, (_, c) => ({
      item_id: row(i + c).item,
      price: row(i + c).price,
    })),
  };
};

async function train(run: string, spec: string, ...options: readonly string[]): Promise<void> {
  writeFileSync(at(`${run}.din`), spec);
  const { code, err } = await runHere(
    ["train", `${run}.din`, "--backend", "wasm", "--out", run, ...options],
    here,
  );
  expect(code, err).toBe(0);
}

/** A link that is replaced at once. */
function point(link: string, run: string): void {
  symlinkSync(run, at(`${link}.next`));
  renameSync(at(`${link}.next`), at(link));
}

const running: HttpServer[] = [];
async function serve(run: string, ...options: readonly string[]): Promise<HttpServer> {
  const server = await HttpServer.start(
    [join(root, "bin/dinc.js"), "serve", run, "--port", "0", ...options],
    folder,
  );
  running.push(server);
  return server;
}

let server: HttpServer;
beforeAll(async () => {
  writeFileSync(at("train.csv"), csv(400));
  writeFileSync(at("dinc.yaml"), "data: { train: train.csv }\n");
  await train("monday", SPEC, "--seed", "1");
  await train("tuesday", SPEC, "--seed", "2");
  await train(
    "other",
    SPEC.replace("model shop", "model other").replace("dense(1)", "dense(8, relu) |> dense(1)"),
  );
  point("current", "monday");
  server = await serve("current", "--threads", "2", "--engine", "wasm");
});
afterAll(() => {
  for (const each of running) each.signal("SIGKILL");
  rmSync(folder, { recursive: true });
});

test("ranks as dinc predict scores", async () => {
  writeFileSync(at("rows.csv"), csv(20));
  const { code } = await runHere(
    ["predict", "monday", "--data", "rows.csv", "--backend", "wasm", "--out", "scores.csv"],
    here,
  );
  expect(code).toBe(0);
  const scores = readFileSync(at("scores.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((each) => Number(each.split(",").at(-1)));
  const answers = await Promise.all(scores.map((_, i) => server.post("/rank", requestOf(i))));
  for (const [i, { status, body }] of answers.entries()) {
    expect(status).toBe(200);
    expect(body["model"]).toBe("shop");
    expect((body["scores"] as number[])[0]).toBeCloseTo(scores[i]!, 5);
  }
  const batch = await server.post(
    "/rank",
    scores.map((_, i) => requestOf(i)),
  );
  expect(batch.body["answers"]).toEqual(answers.map(({ body }) => ({ scores: body["scores"] })));
  expect((await server.post("/rank", [])).body["answers"]).toEqual([]);
});

test("explains, describes its requests, and shows a page that asks no other host", async () => {
  const { status, body } = await server.post("/explain", requestOf(2, 3));
  expect(status).toBe(200);
  expect(body["attentions"]).toMatchObject([
    {
      history: "clicks",
      first: 0,
      weights: [
        [{}, {}],
        [{}, {}],
        [{}, {}],
      ].map((each) => each.map(() => expect.any(Number))),
    },
  ]);
  const { body: api } = await server.get("/openapi.json");
  expect(api).toMatchObject({ openapi: "3.1.0", info: { title: "shop" } });
  const { requestBody } = (api["paths"] as Record<string, { post: { requestBody: object } }>)["/rank"]!.post;
  const { examples } = (
    requestBody as { content: Record<string, { examples: { request: { value: unknown } } }> }
  ).content["application/json"]!;
  expect((await server.post("/rank", examples.request.value)).status).toBe(200);
  const page = await fetch(server.url);
  expect(page.headers.get("content-security-policy")).toContain("connect-src 'self'");
  expect(await page.text()).not.toMatch(/https?:/);
});

test("says which run it serves, and counts for Prometheus and for dinc test-data", async () => {
  const { body } = await server.get("/about");
  expect(server.log[0]).toBe(`shop, run ${body["run"]}, by WebAssembly in 2 threads: ${server.url}`);
  expect(await server.get("/health")).toMatchObject({ status: 200, body: { ready: true, threads: 2 } });
  const scored = await server.metric('ranker_requests_total{result="scored"}');
  const known = await server.metric('ranker_values_total{feature="item_id",history="",is="known"}');
  await server.post("/rank", requestOf(3, 4));
  expect(await server.metric('ranker_requests_total{result="scored"}')).toBe(scored + 1);
  expect(await server.metric('ranker_values_total{feature="item_id",history="",is="known"}')).toBe(known + 4);
  expect(await server.text("/metrics")).toContain(
    `ranker_model_info{model="shop",program="${body["program"]}",run="${body["run"]}"`,
  );
  writeFileSync(at("stats.json"), await server.text("/stats"));
  const { err, code } = await runHere(["test-data", "--stats", "stats.json", "--run", "monday"], here);
  expect(code, err).toBe(0);
});

describe("a request that cannot be scored", () => {
  const good = requestOf(0);
  const [candidate] = good.candidates;
  test.each<[string, unknown, number, string, string]>([
    ["no JSON", "{", 400, "InvalidJson", ""],
    ["null", null, 400, "RankerInputError", "history"],
    [
      "a candidate's number as a text",
      { ...good, candidates: [{ ...candidate, price: "3" }] },
      400,
      "RankerInputError",
      "candidates[0].price",
    ],
    ["no candidates", { ...good, candidates: undefined }, 400, "RankerInputError", "candidates"],
    [
      "a step without an id",
      { ...good, history: { clicks: [{}] } },
      400,
      "RankerInputError",
      "history.clicks[0].item_id",
    ],
    [
      "one of a batch",
      [good, { ...good, candidates: [{}] }],
      400,
      "RankerInputError",
      "[1].candidates[0].item_id",
    ],
  ])("%s", async (_, body, status, error, field) => {
    const answer = await server.post("/rank", body);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body["field"] ?? "").toBe(field);
    expect(String(answer.body["message"])).not.toMatch(STACK_TRACE);
  });

  test("has another type, another path, or no body", async () => {
    expect(await server.post("/rank", good, "text/plain")).toMatchObject({
      status: 415,
      body: { error: "UnsupportedMediaType" },
    });
    expect(await server.post("/score", good)).toMatchObject({ status: 404, body: { error: "NotFound" } });
    expect(await server.get("/rank")).toMatchObject({ status: 404, body: { error: "NotFound" } });
    expect((await server.post("/rank", "")).status).toBe(400);
    expect(await server.metric('ranker_requests_total{result="failed"}')).toBe(0);
  });
});

test("computes in C where there is a compiler: the same scores, weights and mistakes, and counts of one request in 16", async () => {
  const native = await serve("monday", "--threads", "1");
  expect(native.log[0]).toMatch(/^shop, run \w+, by C in 1 thread: /);
  const request = requestOf(4, 3);
  const plain = await serve("monday", "--threads", "1", "--engine", "wasm");
  const [ranked, expected] = await Promise.all([native, plain].map((each) => each.post("/rank", request)));
  for (const [i, score] of (expected!.body["scores"] as number[]).entries())
    expect((ranked!.body["scores"] as number[])[i]).toBeCloseTo(score, 5);
  for (const wrong of [
    { ...request, candidates: [{}] },
    { ...request, history: {} },
  ])
    expect(await native.post("/rank", wrong)).toEqual(await plain.post("/rank", wrong));
  const weightsOf = async (each: HttpServer) =>
    ((await each.post("/explain", request)).body["attentions"] as { weights: number[][] }[])[0]!.weights;
  const [weights, others] = [await weightsOf(native), await weightsOf(plain)];
  for (const [i, list] of others.entries())
    for (const [k, weight] of list.entries()) expect(weights[i]![k]).toBeCloseTo(weight, 5);
  for (let i = 1; i < 20; i++) await native.post("/rank", request);
  expect((await native.get("/stats")).body).toMatchObject({ requests: 2, candidates: 6 });
});

test("in C, other weights of the program need no C compiler", async () => {
  const [compiler, calls] = [at("cc.sh"), at("cc-calls")];
  writeFileSync(compiler, `#!/bin/sh\nnice >> '${calls}'\nexec cc "$@"\n`, { mode: 0o755 });
  point("in-c", "monday");
  vi.stubEnv("CC", compiler);
  const native = await serve("in-c", "--threads", "1", "--engine", "c").finally(() => vi.unstubAllEnvs());
  const before = await native.post("/rank", requestOf(4, 3));
  const called = readFileSync(calls, "utf8");
  // Nothing is served before, so the compiler doesn't wait for others.
  expect(new Set(called.trim().split("\n"))).toEqual(new Set([String(getPriority())]));
  point("in-c", "tuesday");
  native.signal("SIGHUP");
  await until(() => native.log.length > 1);
  expect(native.log.at(-1)).toMatch(/^took shop, run \w+, by C$/);
  const after = await native.post("/rank", requestOf(4, 3));
  expect(after.body["run"]).not.toBe(before.body["run"]);
  expect(after.body["scores"]).not.toEqual(before.body["scores"]);
  expect(readFileSync(calls, "utf8")).toBe(called);
});

describe("patches of weights", () => {
  const send = async (to: HttpServer, patch: string | Uint8Array, token?: string) => {
    const answer = await fetch(`${to.url}/weights/patch`, {
      method: "POST",
      headers: {
        "content-type": "application/octet-stream",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: typeof patch === "string" ? readFileSync(at(patch)) : patch,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  let patched: HttpServer;
  beforeAll(async () => {
    writeFileSync(at("token"), "s3cret\n");
    for (const [from, to] of [
      ["monday", "tuesday"],
      ["tuesday", "monday"],
    ] as const)
      expect((await runHere(["weights", "diff", from, to, "--out", `${to}.dincpatch`], here)).code).toBe(0);
    patched = await serve("monday", "--threads", "2", "--engine", "wasm", "--patch-token", "token");
  });

  test("are taken from whoever has the token, and give the scores of the run", async () => {
    const request = requestOf(4, 3);
    const monday = await patched.post("/rank", request);
    for (const token of [undefined, "secret", "s3cret2"])
      expect(await send(patched, "tuesday.dincpatch", token)).toMatchObject({
        status: 401,
        body: { error: "Unauthorized" },
      });
    expect((await patched.post("/rank", request)).body).toEqual(monday.body);
    const { status, body } = await send(patched, "tuesday.dincpatch", "s3cret");
    expect(status).toBe(200);
    expect(body["run"]).not.toBe(monday.body["run"]);
    const tuesday = await serve("tuesday", "--threads", "1", "--engine", "wasm");
    expect((await patched.get("/about")).body).toEqual((await tuesday.get("/about")).body);
    expect((await patched.post("/rank", request)).body).toEqual((await tuesday.post("/rank", request)).body);
    expect(await patched.metric('ranker_reloads_total{result="taken"}')).toBe(1);
    expect((await send(patched, "monday.dincpatch", "s3cret")).status).toBe(200);
    expect((await patched.post("/rank", request)).body).toEqual(monday.body);
  });

  test.each([
    ["of another day", "monday.dincpatch", "the patch was applied before"],
    ["of rows", "train.csv", "these bytes are not a patch of weights of dinc"],
    [
      "cut short",
      () => readFileSync(at("tuesday.dincpatch")).subarray(0, 100),
      "the patch ends after 100 of its",
    ],
  ])("%s are refused, and change nothing", async (_, patch, message) => {
    const before = await patched.get("/about");
    const { status, body } = await send(patched, typeof patch === "string" ? patch : patch(), "s3cret");
    expect([status, body["error"]]).toEqual([409, "PatchRefused"]);
    expect(body["message"]).toContain(message);
    expect(await patched.get("/about")).toEqual(before);
    expect(patched.log.at(-1)).toContain(`the loaded model stays: ${message}`);
  });

  test("have no route without a token", async () => {
    const plain = await serve("monday", "--threads", "1", "--engine", "wasm");
    expect((await send(plain, "tuesday.dincpatch", "s3cret")).status).toBe(404);
    writeFileSync(at("empty"), "\n");
    for (const [file, said] of [
      ["empty", "empty has no token"],
      ["nothing", "no such file"],
    ] as const) {
      const { code, err } = await runHere(["serve", "monday", "--port", "0", "--patch-token", file], here);
      expect([code, err]).toEqual([2, expect.stringContaining(said)]);
    }
  });
});

test("refuses what is too large or too much at once, and scores the rest", async () => {
  const limited = await serve(
    "monday",
    "--threads",
    "1",
    "--max-requests",
    "2",
    "--max-candidates",
    "50",
    "--max-body",
    "1",
  );
  expect(await limited.post("/rank", requestOf(0, 51))).toEqual({
    status: 413,
    body: {
      error: "TooManyCandidates",
      field: "candidates",
      message: "candidates are 51, and this server takes at most 50",
    },
  });
  expect((await limited.post("/rank", [requestOf(0, 26), requestOf(1, 25)])).status).toBe(413);
  expect(await limited.post("/rank", " ".repeat(2 ** 20 + 1))).toMatchObject({
    status: 413,
    body: { error: "BodyTooLarge", message: "the body is larger than 1 MiB" },
  });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => limited.post("/rank", requestOf(i, 50))),
  );
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(60 - refused.length);
  expect(refused[0]!.body).toMatchObject({ error: "Overloaded" });
  limited.signal("SIGINT");
  expect(await limited.ended()).toBe(0);
});

test("takes other runs under load without a request that fails; a damaged one changes nothing", async () => {
  const request = requestOf(5, 30);
  let isOver = false;
  const caller = async () => {
    const seen: string[] = [];
    while (!isOver) {
      const { status, body } = await server.post("/rank", request);
      expect(status).toBe(200);
      seen.push(JSON.stringify(body));
    }
    return seen;
  };
  const callers = Promise.all(Array.from({ length: 8 }, caller));
  const taken = (count: number) =>
    until(async () => (await server.metric('ranker_reloads_total{result="taken"}')) === count);
  point("current", "tuesday");
  server.signal("SIGHUP");
  await taken(1);
  cpSync(at("tuesday"), at("damaged"), { recursive: true });
  writeFileSync(at("damaged/weights.safetensors"), "damaged");
  point("current", "damaged");
  await until(async () => (await server.metric('ranker_reloads_total{result="refused"}')) === 1);
  point("current", "other");
  await taken(2);
  isOver = true;
  const all = await callers;
  expect(new Set(all.flat()).size).toBe(3);
  // Each caller sees one run after the other, and none again.
  for (const seen of all)
    expect(seen.filter((answer, i) => answer !== seen[i - 1]).length).toBe(new Set(seen).size);
  expect(server.log.filter((said) => said.includes("the loaded model stays"))).toHaveLength(1);
  expect(server.log.join("\n")).toContain("weights.safetensors");
  expect(server.log.at(-1)).toMatch(/^took other, run \w+, by WebAssembly$/);
});

test("SIGTERM ends it when it has answered what it was asked, also if a reload is asked for", async () => {
  const request = requestOf(5, 2000);
  const isOpen = until(async () => (await server.metric("ranker_candidates_total")) > 0);
  const asked = Array.from({ length: 40 }, () => server.post("/rank", request));
  const ends = Promise.allSettled(asked);
  await Promise.all([isOpen, asked[0]]);
  server.signal("SIGTERM");
  await until(async () => server.log.at(-1)!.startsWith("stopping"));
  server.signal("SIGHUP");
  const answers = await ends;
  expect(await server.ended()).toBe(0);
  const [, open] = /^stopping after (\d+) open requests?$/.exec(server.log.at(-1)!)!;
  // A connection that it had not accepted yet is refused; all others are answered.
  const answered = answers.filter((each) => each.status === "fulfilled");
  expect(answered.length).toBeGreaterThan(Number(open));
  for (const { value } of answered) expect(value.status).toBe(200);
});

test("SIGTERM ends it while another run is compiled, which is not taken any more", async () => {
  cpSync(at("tuesday"), at("endless"), { recursive: true });
  rmSync(at("endless/manifest.json"));
  spawnSync("mkfifo", [at("endless/manifest.json")]);
  point("last", "monday");
  const last = await serve("last", "--threads", "1", "--engine", "wasm");
  point("last", "endless");
  let writing = -1;
  // Nobody can write until somebody reads.
  await until(() => {
    try {
      writing = openSync(at("endless/manifest.json"), constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {}
    return writing >= 0;
  });
  point("last", "tuesday");
  last.signal("SIGHUP");
  last.signal("SIGTERM");
  expect(await last.ended()).toBe(0);
  closeSync(writing);
  expect(last.log).toEqual([expect.stringContaining("http://"), "stopping after 0 open requests"]);
});

describe("dinc compile --target server", () => {
  const out = at("folder");
  let own: HttpServer;
  beforeAll(async () => {
    const { code, err } = await runHere(["compile", "monday", "--target", "server", "--out", "folder"], here);
    expect(code, err).toBe(0);
    // The steps of the image; its packages are those of this project, whose versions are the same.
    const image = at("image");
    const place = (path: string, workdir: string) =>
      join(image, path.startsWith("/") ? path : join(workdir, path));
    let workdir = "/";
    let command: string[] = [];
    for (const line of readFileSync(join(out, "Dockerfile"), "utf8").split("\n")) {
      const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      if (word === "WORKDIR") workdir = rest;
      else if (word === "COPY") {
        const [from, to] = rest.split(" ") as [string, string];
        cpSync(join(out, from), from === "." ? place(to, workdir) : join(place(to, workdir), from), {
          recursive: true,
        });
      } else if (word === "RUN") {
        expect(rest).toMatch(/^npm install /);
        symlinkSync(join(root, "node_modules"), place("node_modules", workdir));
      } else if (word === "CMD") command = JSON.parse(rest) as string[];
    }
    const [node, file, model, ...rest] = command as [string, string, string, ...string[]];
    expect(node).toBe("node");
    own = await HttpServer.start([file, place(model, workdir), ...rest, "--port", "0"], place(".", workdir));
    running.push(own);
  });

  test("ranks as dinc serve, and tells its log in JSON", async () => {
    const { body } = await own.post("/rank", requestOf(7, 3));
    const again = await serve("monday", "--threads", "1", "--engine", "wasm");
    expect((await again.post("/rank", requestOf(7, 3))).body).toEqual(body);
    expect(JSON.parse(own.log[0]!)).toMatchObject({
      event: "listening",
      about: { model: "shop", run: body["run"] },
    });
    expect(await own.get("/openapi.json")).toEqual(await again.get("/openapi.json"));
    own.signal("SIGTERM");
    expect(await own.ended()).toBe(0);
    expect(JSON.parse(own.log.at(-1)!)).toMatchObject({ event: "stopping" });
  });

  test("its options are those of dinc serve, and a mistake is one sentence", () => {
    const ran = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(at("image/app"), "server.mjs"), ...args], {
        cwd: folder,
        encoding: "utf8",
      });
    const help = ran("--help");
    expect(help.status).toBe(0);
    for (const name of Object.keys(serverOptions)) expect(help.stdout).toContain(`  ${flagOf(name)} `);
    for (const [args, said] of [
      [["nowhere"], /^ENOENT.*nowhere/],
      [["--port", "many"], /^--port many is not a whole number from 0/],
      [["--tls"], /^Unknown option '--tls'/],
    ] as const) {
      const { status, stderr } = ran(...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(said);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
  });
});

describe("what cannot be served", () => {
  test.each([
    ["nowhere", "DIN0"],
    ["monday.din", "DIN0"],
    ["later", "DIN0"],
  ])("%s", async (run, code) => {
    if (run === "later") {
      cpSync(at("monday"), at("later"), { recursive: true });
      const manifest = JSON.parse(readFileSync(at("later/manifest.json"), "utf8")) as object;
      writeFileSync(at("later/manifest.json"), JSON.stringify({ ...manifest, version: 99 }));
    }
    const ran = await runHere(["serve", run, "--port", "0"], here);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(code);
  });

  test("C without a compiler", async () => {
    const env = { CC: "no-compiler" };
    const ran = run(["serve", "monday", "--port", "0", "--engine", "c"], { cwd: folder, env });
    expect(ran).toMatchObject({
      code: 2,
      err: "error: the library in C cannot be made: CC is no-compiler, which was not found. Leave --engine c out to compute in WebAssembly\n",
    });
  });

  test("a port that is taken, or is none", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const ran = await runHere(["serve", "monday", "--port", String(port)], here);
    other.close();
    expect(ran).toMatchObject({
      code: 2,
      err: `error: the port ${port} is taken: name another one with --port\n`,
    });
    const high = await runHere(["serve", "monday", "--port", "70000"], here);
    expect(high).toMatchObject({ code: 2, err: "error: 70000 isn't a port: --port takes 0 to 65535\n" });
  });
});
