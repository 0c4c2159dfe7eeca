// The findings of `dinc doctor`: each part of dinc, whether it works here, and a possible improvement.

import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { largeProducts } from "../../compiler/backends/tensorflow/large-products.ts";
import { chooseBackend } from "../engines/choose.ts";
import { wordsFor } from "../engines/native-code.ts";
import { findCompiler } from "../native/c-compiler.ts";
import { cacheRoot } from "../native/cache-folder.ts";
import { targetNow } from "../native/compile-library.ts";
import { loadNative, nativeStatus } from "../native/load.ts";
import { installedTorch, unsupportedByTorch } from "../native/torch-folder.ts";
import { unsupportedPlatform } from "../native/versions.ts";

export interface Fact {
  readonly subject: string;
  readonly works: boolean;
  readonly finding: string;
  /** The command or step that helps, if something is missing. */
  readonly advice: string | null;
}

const OLDEST_NODE = 20;

/** Checks the environment of dinc: what works, and what to run or install to improve it. */
export async function doctor(): Promise<readonly Fact[]> {
  return [
    nodeFact(),
    fact("platform", `${process.platform} on ${process.arch}, ${cores()}`),
    await nativeFact(),
    await wasmFact(),
    compilerFact(),
    fact(
      "auto",
      `takes native where there is a C compiler, otherwise wasm; native TensorFlow, where it is installed and no C compiler makes vectors of 512 bits, for models whose ${largeProducts}`,
    ),
    torchFact(),
    await moduleFact("data", "@duckdb/node-api", "reads CSV, Parquet and JSON"),
  ];
}

function fact(subject: string, finding: string, advice: string | null = null, works = true): Fact {
  return { subject, works, finding, advice };
}

function nodeFact(): Fact {
  const works = Number(process.versions.node.split(".")[0]) >= OLDEST_NODE;
  const advice = works ? null : `install Node ${OLDEST_NODE} or newer`;
  return fact("node", `Node ${process.versions.node}`, advice, works);
}

function cores(): string {
  const model = cpus()[0]?.model.trim();
  const count = availableParallelism();
  return `${count} ${count === 1 ? "core" : "cores"}${model ? ` (${model})` : ""}`;
}

async function nativeFact(): Promise<Fact> {
  await loadNative();
  const status = await nativeStatus();
  switch (status.kind) {
    case "loaded": {
      const { tfjsNode, tensorflow } = status.versions;
      return fact("native", `tfjs-node ${tfjsNode} with TensorFlow ${tensorflow}, from ${status.folder}`);
    }
    case "absent": {
      const unsupported = unsupportedPlatform();
      if (unsupported !== null) return fact("native", `not installed; ${unsupported}`, null, false);
      const finding = `not installed (looked in ${cacheRoot()} and node_modules); dinc native install installs it`;
      return fact("native", finding, null, false);
    }
    case "broken": {
      const finding = `${status.folder} does not load: ${status.reason}`;
      const again = `delete ${cacheRoot()}/native and run dinc native install`;
      return fact("native", finding, status.origin === "cache" ? again : "run dinc native install", false);
    }
  }
}

/** dinc itself does not need PyTorch: a package that trains elsewhere is compiled without it. */
function torchFact(): Fact {
  const unsupported = unsupportedByTorch();
  const installed = installedTorch();
  if (installed !== null) return fact("torch", `PyTorch and TorchRec for packages, in ${installed.build}`);
  if (unsupported !== null) return fact("torch", `not installed; ${unsupported}`, null, false);
  return fact(
    "torch",
    "not installed; dinc torch install installs it, for packages of --target torchrec",
    null,
    false,
  );
}

/** Training needs no compiler. */
function compilerFact(): Fact {
  const compiler = findCompiler();
  const found = "missing" in compiler ? compiler : targetNow(compiler);
  if ("missing" in found) return fact("compiler", `steps stay in WebAssembly: ${found.missing}`, null, false);
  return fact("compiler", `native computes steps in C by ${wordsFor(found)}`);
}

async function wasmFact(): Promise<Fact> {
  try {
    return fact("wasm", (await chooseBackend("wasm")).description);
  } catch (error) {
    return fact("wasm", firstLine(error), "start Node without flags that switch WebAssembly off", false);
  }
}

async function moduleFact(subject: string, name: string, purpose: string): Promise<Fact> {
  try {
    await import(name);
    return fact(subject, `${name} ${packageVersion(name)} ${purpose}`);
  } catch (error) {
    const finding = `${name}, which ${purpose}, does not load: ${firstLine(error)}`;
    return fact(subject, finding, "run npm install where dinc is installed", false);
  }
}

function packageVersion(name: string): string {
  const require = createRequire(import.meta.url);
  return (require(`${name}/package.json`) as { version: string }).version;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
