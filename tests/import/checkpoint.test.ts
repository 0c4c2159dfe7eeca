// `dinc import --from fuxictr` on a model that FuxiCTR trained, with its own vocabularies, normaliser and scores: the files
// in fuxictr/ are written by make.py there.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { CheckpointError } from "../../compiler/imported/files/random-access.ts";
import { readTorchFile } from "../../compiler/imported/files/torch-file.ts";
import {
  type ImportCheckpointOptions,
  importCheckpoint,
  openRun,
  predict,
  train,
} from "../../runtime/index.ts";
import { safetensorsPieces, type Tensor } from "../../runtime/run/safetensors-bytes.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const given = join(root, "tests/import/fuxictr");
const spec = join(given, "shop.din");
const golden = join(given, "scored.csv");
const text = readFileSync(spec, "utf8");

const scratch = mkdtempSync(join(tmpdir(), "dinc-checkpoint-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const temporaryFolder = () => mkdtempSync(join(scratch, "case-"));

function imported(
  folder: string,
  options: Partial<ImportCheckpointOptions> = {},
  checkpoint = join(given, "DIN.model"),
) {
  return importCheckpoint(checkpoint, {
    ...{ from: "fuxictr", spec, golden, separator: "^", backend: "wasm", out: join(folder, "run") },
    ...options,
  });
}

/** The messages of an import that is refused and writes nothing. */
async function refused(options: Partial<ImportCheckpointOptions>, checkpoint?: string): Promise<string[]> {
  const folder = temporaryFolder();
  const out = join(folder, "run");
  const result =
    checkpoint === undefined
      ? imported(folder, options)
      : importCheckpoint(checkpoint, { from: "fuxictr", spec, out, ...options });
  const error = await result.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  expect(existsSync(out)).toBe(false);
  return (error as DiagnosticError).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

/** The spec with one text replaced. */
function changed(from: string, to: string): string {
  expect(text).toContain(from);
  const path = join(temporaryFolder(), "shop.din");
  writeFileSync(path, text.replace(from, to));
  return path;
}

function written(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

describe("a DIN that FuxiCTR trained", () => {
  test("has FuxiCTR's scores, then and from the run folder", async () => {
    const { golden: compared, tables, folder } = await imported(temporaryFolder());
    expect(compared?.rows).toBe(24);
    expect(compared?.largest).toBeLessThan(1e-6);
    expect(tables).toBe(2);
    const run = await openRun(folder);
    for await (const { probabilities, kept } of predict(run, {
      data: golden,
      keep: ["score"],
      backend: "wasm",
    }))
      for (const [row, value] of probabilities.get("click")!.entries())
        expect(Math.abs(value - Number(kept[0]![row]))).toBeLessThan(1e-6);
    expect(run.run.manifest.trainer).toBe("FuxiCTR");
  });

  test("is compiled, and a training continues from it", async () => {
    const folder = temporaryFolder();
    const { folder: run } = await imported(folder);
    const compiled = await runHere(["compile", run, "--target", "ts", "--out", join(folder, "ranker")]);
    expect(compiled.code).toBe(0);
    const rows = readFileSync(golden, "utf8").trim().split("\n");
    const labelled = rows.map((row, i) => row.replace(/[^,]*$/, i === 0 ? "click" : String(i % 2)));
    writeFileSync(join(folder, "rows.csv"), labelled.join("\n"));
    writeFileSync(join(folder, "dinc.yaml"), `spec: ${spec}\ndata:\n  train: rows.csv\n  separator: "^"\n`);
    const trained = await train(null, {
      config: join(folder, "dinc.yaml"),
      from: run,
      backend: "wasm",
      out: join(folder, "next"),
    });
    expect(trained.continuation?.weights.every(({ why }) => why === null)).toBe(true);
  });

  test("has the same weights from safetensors, which has a weight of two modules once", async () => {
    const bytes = Uint8Array.from(readFileSync(join(given, "DIN.model")));
    const tensors = new Map<string, Tensor>();
    const storages = new Set<string>();
    for (const { name, dims, storage, isFloat, values } of await readTorchFile({
      size: bytes.length,
      read: async (offset, length) => bytes.slice(offset, offset + length),
    })) {
      if (isFloat && !storages.has(storage)) tensors.set(name, { dims, values: await values() });
      storages.add(storage);
    }
    const checkpoint = join(temporaryFolder(), "DIN.safetensors");
    writeFileSync(checkpoint, Buffer.concat([...safetensorsPieces(tensors)]));
    const { golden: compared } = await imported(temporaryFolder(), { dataset: given }, checkpoint);
    expect(compared?.largest).toBeLessThan(1e-6);
    writeFileSync(checkpoint, "not safetensors");
    expect(await refused({ dataset: given }, checkpoint)).toEqual([expect.stringMatching(/^DIN0620 /)]);
  });

  test("the command says what it took and how far scores differ", async () => {
    const out = join(temporaryFolder(), "run");
    const from = ["import", join(given, "DIN.model"), "--from", "fuxictr", "--spec", spec];
    const result = await runHere([
      ...from,
      "--golden",
      golden,
      "--separator",
      "^",
      "--backend",
      "wasm",
      "--out",
      out,
    ]);
    expect(result.err).toMatch(/FuxiCTR: 2 tables and \d+ weights, each in its place/);
    expect(result.err).toMatch(/24 scored rows: the largest difference is \d(\.\d)?e-\d/);
    expect(result.code).toBe(0);
  });
});

describe("refused, with nothing written:", () => {
  test("a spec of another network, with every weight that does not fit", async () => {
    expect(await refused({ spec: changed("mlp([6], dice)", "mlp([7], dice)") })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^DIN0624 `net.click.mlp.dense_1.kernel` of shape \[16, 7\] has no source/),
        expect.stringMatching(/^DIN0635 .*`dnn.mlp.0.weight` of shape \[6, 16\]/),
      ]),
    );
  });

  test("a network that computes something else from the same weights", async () => {
    const exchanged = changed(
      "concat(user_id, linear(price, 4), item_id, interest)",
      "concat(item_id, linear(price, 4), user_id, interest)",
    );
    expect(await refused({ spec: exchanged })).toEqual([
      expect.stringMatching(/^DIN0638 FuxiCTR scored row \d+ with/),
    ]);
  });

  test("a feature that has no id for a value of the vocabulary", async () => {
    const short = changed("user_id : id  ", "user_id : int(1..4)  ");
    expect(await refused({ spec: short })).toEqual([
      'DIN0621 the vocabulary of `user_id` in feature_vocab.json and feature_processor.pkl has the value "5", which the spec\'s feature does not know',
    ]);
  });

  test("a transform that the library did not fit", async () => {
    expect(await refused({ spec: changed("standardize", "min_max") })).toEqual([
      "DIN0637 `price` has `min_max`, and feature_vocab.json and feature_processor.pkl has no fitted numbers for it",
    ]);
  });

  test("golden rows without scores", async () => {
    const rows = written(
      "rows.csv",
      readFileSync(golden, "utf8")
        .replace(/,[^,\n]*\n/, ",score\n")
        .replace(/,[^,\n]*\n$/, ",\n"),
    );
    expect(await refused({ golden: rows })).toEqual([
      expect.stringMatching(/^DIN0849 .* has no number in the column "score" of row 24/),
    ]);
  });
});

describe("a map of weights", () => {
  test("names sources where names and shapes do not decide", async () => {
    const map = written(
      "weights.yaml",
      "weights:\n  net.click.mlp.dense_1.kernel: transpose(dnn.mlp.0.weight)\n  net.click.mlp.dense_1.bias: 0.5 * dnn.mlp.0.bias + 0.5 * dnn.mlp.0.bias\n",
    );
    const { golden: compared } = await imported(temporaryFolder(), { map });
    expect(compared?.largest).toBeLessThan(1e-6);
  });

  test.each([
    [
      "weights:\n  net.click.mlp.dense_1.kernel: dnn.mlp.0.weight\n",
      /needs the shape \[16, 6\], and dnn.mlp.0.weight has \[6, 16\]/,
    ],
    ["weights:\n  net.nothing: dnn.mlp.0.weight\n", /names "net.nothing", which is neither/],
    [
      "weights:\n  net.click.dense_1.bias: nothing.at.all\n",
      /reads `nothing.at.all`, which the checkpoint has not/,
    ],
    [
      "weights:\n  net.click.dense_1.bias: system(dnn.mlp.0.bias)\n",
      /calls `system`; there are transpose, rows/,
    ],
    ["unused: [nothing]\n", /leaves out "nothing", which the checkpoint has not/],
    ["weigths: {}\n", /has "weigths"; there are "weights" and "unused"/],
    ["a: [", /is not YAML/],
  ])("with a mistake: %j", async (map, message) => {
    const messages = await refused({ map: written("weights.yaml", map) });
    expect(messages).toEqual([expect.stringMatching(message)]);
    expect(messages[0]).toMatch(/^DIN0636 /);
  });
});

describe("a hostile file", () => {
  const bytes = readFileSync(join(given, "DIN.model"));

  /** A folder with a changed checkpoint and the other files. */
  function withCheckpoint(checkpoint: Uint8Array): string {
    const folder = join(temporaryFolder(), "shop");
    cpSync(given, folder, { recursive: true });
    writeFileSync(join(folder, "DIN.model"), checkpoint);
    return join(folder, "DIN.model");
  }

  test("that names a function is refused, and nothing is called", async () => {
    const name = Buffer.from("ctorch._utils\n_rebuild_tensor_v2\n");
    const at = bytes.indexOf(name);
    expect(at).toBeGreaterThan(0);
    const changedBytes = Buffer.from(bytes);
    Buffer.from("cposix______\nsystem_____________\n").copy(changedBytes, at);
    expect(await refused({}, withCheckpoint(changedBytes))).toEqual([
      expect.stringMatching(/^DIN0620 .*which is posix______\.system/),
    ]);
  });

  /** The names and numbers of a file's weights, or the reason why it is refused. */
  async function weightsIn(file: Uint8Array<ArrayBuffer>): Promise<string | number> {
    try {
      const tensors = await readTorchFile({
        size: file.length,
        read: async (offset, length) => file.slice(offset, offset + length),
      });
      for (const tensor of tensors) await tensor.values();
      return tensors.length;
    } catch (error) {
      expect(error).toBeInstanceOf(CheckpointError);
      return (error as CheckpointError).message;
    }
  }

  test("cut short anywhere is refused", async () => {
    expect(await weightsIn(Uint8Array.from(bytes))).toBe(20);
    for (let length = 0; length < bytes.length; length += 97)
      expect(typeof (await weightsIn(Uint8Array.from(bytes.subarray(0, length))))).toBe("string");
  });

  test("with any byte changed is read or refused", async () => {
    for (let at = 0; at < bytes.length; at += 7) {
      const changedBytes = Uint8Array.from(bytes);
      changedBytes[at] = (at * 37 + 11) % 256;
      await weightsIn(changedBytes);
    }
  });
});
