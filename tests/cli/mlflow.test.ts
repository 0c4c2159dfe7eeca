// --mlflow: the server gets what the run's own records say, and the run; without an answer the training goes on.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openRun } from "../../runtime/index.ts";
import { FakeMlflow, type MlflowUnderTest, realMlflow, SeenRun } from "../support/mlflow.ts";
import { interruptHere, runHere } from "./run-here.ts";
import { STACK_TRACE } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-mlflow-"));
  writeFileSync(
    at("model.din"),
    `model tiny
param units = 8
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(units, relu) |> dense(1) |> sigmoid }
train { batch 10  epochs 2  metrics auc, ndcg(by: user_id, at: 5)  optimizer adam(learning_rate: 1e-3) }
`,
  );
  const rows = Array.from({ length: 100 }, (_, i) => `u${i % 9},i${i % 11},${i % 2}\n`);
  for (const name of ["train.csv", "test.csv"])
    writeFileSync(at(name), `user_id,item_id,click\n${rows.join("")}`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, url: string, ...more: string[]) =>
  ["train", "--out", out, "--backend", "wasm", "--mlflow", url, ...more] as const;
const pageIn = (said: string) => /^MLflow: (\S+)$/m.exec(said)![1]!;

const servers: [name: string, open: () => Promise<MlflowUnderTest>][] = [["a fake server", FakeMlflow.open]];
const real = process.env["MLFLOW"];
if (real !== undefined) servers.push(["MLflow itself", () => realMlflow(real)]);

describe.each(servers)("%s", (name, open) => {
  let server: MlflowUnderTest;
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server.close());
  const out = (text: string) => `${text}-${name.replaceAll(" ", "-")}`;

  test("gets params, curves and the run", async () => {
    const ran = await runHere(train(out("run"), server.url, "--param", "units=5"), { cwd: folder });
    expect(ran.code, ran.err).toBe(0);
    const seen = new SeenRun(server.url, pageIn(ran.err));
    const { info, data } = await seen.run();
    expect(info).toMatchObject({ run_name: out("run"), status: "FINISHED" });
    expect(data.tags).toContainEqual({ key: "mlflow.source.name", value: "dinc train" });
    expect(await seen.params()).toMatchObject({
      model: "tiny",
      batch: "10",
      "optimizer.kind": "adam",
      "optimizer.learningRate": "0.001",
      "param.units": "5",
    });
    const lines = readFileSync(at(out("run"), "metrics.jsonl"), "utf8")
      .trim()
      .split("\n");
    const epochs = lines.map((line) => JSON.parse(line) as Record<string, number>);
    for (const [curve, key] of [
      ["test/auc", "auc"],
      ["test/ndcg_at_5", "ndcg@5"],
      ["epoch/loss", "train_loss"],
    ] as const)
      expect(await seen.curve(curve)).toEqual(
        epochs.map((line) => ({ step: line["epoch"], value: line[key] })),
      );
    expect((await seen.curve("step/loss")).map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    // What came back is a run.
    for (const file of [
      "manifest.json",
      "model.din",
      "weights.safetensors",
      "vocab/item_id.jsonl",
      "fitted.json",
    ]) {
      const path = at(out("back"), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await seen.file(file));
      expect(readFileSync(path)).toEqual(readFileSync(at(out("run"), file)));
    }
    expect((await openRun(at(out("back")))).model.name).toBe("tiny");
  });

  test("a resumed training is the same run of MLflow, and has each step once", async () => {
    const args = [...train(out("cut"), server.url, "--set", "train.epochs=60")];
    const heard = (message: string) => {
      if (message.startsWith("epoch 3/60")) interruptHere();
    };
    const first = await runHere(args, { cwd: folder, heard });
    expect(first.code, first.err).toBe(130);
    const seen = new SeenRun(server.url, pageIn(first.err));
    expect((await seen.run()).info["status"]).toBe("KILLED");
    const second = await runHere([...args, "--resume"], { cwd: folder });
    expect(second.code, second.err).toBe(0);
    expect(pageIn(second.err)).toBe(pageIn(first.err));
    expect((await seen.run()).info["status"]).toBe("FINISHED");
    for (const [curve, count] of [
      ["step/loss", 600],
      ["test/auc", 60],
    ] as const)
      expect((await seen.curve(curve)).map(({ step }) => step)).toEqual(
        Array.from({ length: count }, (_, i) => i + 1),
      );
  });

  test("a training that fails is FAILED there", async () => {
    const ran = await runHere(train(out("nan"), server.url, "--set", "train.learning_rate=1e30"), {
      cwd: folder,
    });
    expect(ran.code).toBe(1);
    expect((await new SeenRun(server.url, pageIn(ran.err)).run()).info["status"]).toBe("FAILED");
  });
});

describe("before data are read", () => {
  let server: FakeMlflow;
  beforeAll(async () => {
    server = await FakeMlflow.open();
  });
  afterAll(() => server.close());
  const refused = async (url: string) => {
    const ran = await runHere(train("none", url), { cwd: folder });
    expect(ran.code).toBe(1);
    expect(ran.err).not.toMatch(STACK_TRACE);
    expect(ran.err).not.toContain("training rows");
    expect(readdirSync(folder)).not.toContain("none");
    return ran.err;
  };

  test.each([
    ["http://127.0.0.1:2", "no server listens there"],
    ["localhost:5000", "`localhost:5000` is not an address like http://localhost:5000"],
    ["ftp://host/", "`ftp://host/` is not an address like http://localhost:5000"],
  ])("%s is refused", async (url, reason) => {
    expect(await refused(url)).toContain(
      `error[DIN0890 mlflow-refused]: MLflow at ${url} cannot follow this training: ${reason}`,
    );
  });

  test("what is no MLflow server, wants a login, fails, or has the experiment deleted", async () => {
    server.fault = "broken";
    expect(await refused(server.url)).toContain("it answers with status 404, as no MLflow server does");
    server.fault = "login";
    const login = await refused(server.url.replace("//", "//me:secret@"));
    expect(login).toContain("it wants a login");
    expect(login).toContain("MLFLOW_TRACKING_TOKEN");
    expect(login).not.toContain("secret");
    server.fault = "full";
    expect(await refused(server.url)).toContain("INTERNAL_ERROR: disk is full\n");
    server.fault = "silent";
    expect(await refused(server.url)).toContain("it ended the connection");
    server.fault = "none";
    server.experiments.set("tiny", { id: "1", stage: "deleted" });
    expect(await refused(server.url)).toContain("the experiment `tiny` was deleted there");
  });
});

describe("logins and experiments are those of the environment", () => {
  test.each([
    [{ MLFLOW_TRACKING_TOKEN: "t" }, "", "Bearer t"],
    [{ MLFLOW_TRACKING_USERNAME: "me", MLFLOW_TRACKING_PASSWORD: "p:w" }, "", "Basic bWU6cDp3"],
    [{ MLFLOW_TRACKING_TOKEN: "t" }, "me:p%3Aw@", "Basic bWU6cDp3"],
    [{}, "", undefined],
  ])("%j %s", async (environment, login, expected) => {
    for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value);
    vi.stubEnv("MLFLOW_EXPERIMENT_NAME", "shop/ranking");
    const server = await FakeMlflow.open();
    try {
      const url = server.url.replace("//", `//${login}`);
      const ran = await runHere(train("login", url, "--force"), { cwd: folder });
      expect(ran.code, ran.err).toBe(0);
      expect([...server.authorizations]).toEqual([expected]);
      expect([...server.experiments.keys()]).toEqual(["shop/ranking"]);
      expect(pageIn(ran.err)).toBe(`${server.url}/#/experiments/1/runs/run0`);
    } finally {
      await server.close();
    }
  });
});

describe("a server that is silent for a while", () => {
  const long = ["--set", "train.epochs=100"];
  let server: FakeMlflow;
  beforeAll(async () => {
    server = await FakeMlflow.open();
  });
  afterAll(() => server.close());

  test("gets at the end what it missed; that is told once", async () => {
    const heard = (message: string) => {
      if (message.startsWith("epoch 1/")) server.fault = "silent";
      if (message.startsWith("epoch 100/")) server.fault = "none";
    };
    const ran = await runHere(train("silent", server.url, ...long), { cwd: folder, heard });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err.match(/DIN0892/)).toBeNull();
    const seen = new SeenRun(server.url, pageIn(ran.err));
    expect(await seen.curve("test/auc")).toHaveLength(100);
    expect(await seen.curve("step/loss")).toHaveLength(1000);
  });

  test("and never answers again: the run is complete, and what is missing is said", async () => {
    server.fault = "none";
    const heard = (message: string) => {
      if (message.startsWith("epoch 2/")) server.fault = "silent";
    };
    const ran = await runHere(train("gone", server.url, ...long), { cwd: folder, heard });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toMatch(
      /warning\[DIN0892 mlflow-incomplete\]: MLflow at \S+ did not get \d+ points of the curves/,
    );
    expect(ran.err).not.toMatch(STACK_TRACE);
    expect(readdirSync(at("gone"))).toContain("report.html");
  });

  test("takes no files: told with the place, and everything else is there", async () => {
    server.fault = "none";
    server.servesFiles = false;
    const ran = await runHere(train("files", server.url), { cwd: folder });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err.match(/DIN0892/g)).toHaveLength(1);
    expect(ran.err).toMatch(/its files lie in \/var\/mlruns\//);
    expect((await new SeenRun(server.url, pageIn(ran.err)).run()).info["status"]).toBe("FINISHED");
  });
});
