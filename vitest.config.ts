import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Folders whose files share a worker and what it has loaded, because no file in them changes what another one
 * sees. `pure` is text in, value out. `engines` has TensorFlow and DuckDB, which take long to load.
 */
const shared = {
  pure: words(
    "architecture bad diagnostics field-words fmt fuzz good grammar graph kinds library lint lsp metrics model reuse times views",
  ),
  engines: words(
    "ablate backends calibration cli data editors examples from import init manual native onnx ops playground prepared report scale serve threads torchrec training tune two-tower versions zoo",
  ),
};
const all = readdirSync(join(import.meta.dirname, "tests"), { recursive: true, encoding: "utf8" })
  .map((path) => `tests/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".test.ts"));
/**
 * `npm test` leaves out what takes long and seldom finds what nothing else does; `npm run test:more` runs it.
 * `programs` need what npm doesn't install: Spark, packages of Python, browsers, Neovim, other versions of Node
 * and TypeScript, data sets. `torch` ones share a process of PyTorch. `long` ones kill and start processes many
 * times, measure memory, or say what holds of very many cases together.
 */
const more = {
  programs: words(
    "backends/anywhere data/real-data data/sqlite editors/emacs/edit editors/helix/health editors/jupyterlab/browser editors/neovim/edit editors/neovim/indent editors/tree-sitter/trees examples/amazon-beauty init/real-data init/tomorrow library/page manual/browser onnx/java onnx/python oracle/oracle package/package page/page playground/din-play playground/offline playground/own-data playground/page-file playground/picture playground/playground playground/run prepared/random-plans prepared/spark report/browser serve/bindings/bindings serve/bindings/packages serve/strict serve/wasm/same-bits",
  ),
  torch: words(
    "scale/planner torchrec/checked torchrec/groups torchrec/metrics torchrec/models torchrec/nearby torchrec/ops torchrec/optimizers torchrec/processes torchrec/random-specs torchrec/same-training torchrec/training torchrec/weights torchrec/whole-way",
  ),
  long: words(
    "backends/c-lanes backends/c-proof backends/c-shapes backends/c-zoo backends/native-background backends/native-zoo backends/random-graphs bench/small cli/native-crash cli/native-runs cli/predict-process cli/resume-killed data/peak-memory diagnostics/single-mistakes from/each-bad-rows fuzz/full-disks-many-runs fuzz/kills lsp/hostile serve/c/aarch64 serve/c/building serve/c/rows serve/c/zoo tune/processes",
  ),
};
const left = files(Object.values(more).flat());
/**
 * Files of shared folders that are about a process, its threads or its memory, which no other file may have touched, and
 * files that replace modules. `examples/serving` compares bits with another process, and after many rankers a worker may lack
 * room for a WebAssembly memory (not confirmed).
 */
const alone = [
  ...files(words("data/memory examples/serving fuzz/full-disks lsp/stdio lsp/thread metrics/thread")),
  ...all.filter((path) => textOf(path).includes("vi.mock(") && !left.includes(path)),
];
/** The test files that import `sweep`, `sweepKinds` or `sweepRuns`. */
export const usesSweep = /import \{[^}]*\bsweep(Kinds|Runs)?\b[^}]*\} from "[./]*support\/how-often\.ts"/;
/** A sweep has many cases of one kind: `npm test` runs a part of them, `npm run test:more` the rest. */
const sweeps = all.filter((path) => usesSweep.test(textOf(path)));
// A file that was renamed would be in two projects, or in none.
for (const path of [...alone, ...left]) textOf(path);

function textOf(path: string): string {
  return readFileSync(join(import.meta.dirname, path), "utf8");
}

function words(text: string): string[] {
  return text.split(" ");
}
function files(names: readonly string[]): string[] {
  return names.map((name) => `tests/${name}.test.ts`);
}
function inFolders(folders: readonly string[]): string[] {
  return files(folders.map((folder) => `${folder}/**/*`));
}

/**
 * Most functions run only a few times here, and V8's optimizing compiler took as much processor time, in its
 * threads, as many a test itself. So its quick baseline compiler compiles at once, and the optimizing one
 * later. Not so in `pure`, where one worker checks thousands of specs: optimizing later took up to a tenth
 * longer there. Measured with Node 20; later versions have no such budget. Two workers on two cores leave none
 * to threads that collect garbage: `engines` collects in its own thread, which took a tenth less in trainings.
 */
const isMeasured = process.version.startsWith("v20.");
const sooner = isMeasured ? ["--always-sparkplug"] : [];
const later = isMeasured ? [...sooner, "--interrupt-budget=1500000"] : [];

export default defineConfig({
  test: {
    setupFiles: ["tests/support/fixed-seed.ts", "tests/support/cpu-times.ts"],
    // They end what hangs. On a machine that does ten other things a test takes thirty times as long.
    testTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 300_000,
    // vitest leaves a core to itself, which on two cores is half of the machine.
    maxWorkers: availableParallelism(),
    projects: [
      ...Object.entries(shared).map(([name, folders]) => ({
        extends: true as const,
        test: {
          ...{ name, isolate: false, include: inFolders(folders), exclude: [...alone, ...left] },
          execArgv: name === "pure" ? sooner : [...later, "--single-threaded-gc"],
        },
      })),
      {
        extends: true,
        test: {
          name: "edge",
          execArgv: later,
          include: ["tests/**/*.test.ts"],
          exclude: [...inFolders(Object.values(shared).flat()), ...left],
        },
      },
      { extends: true, test: { name: "alone", include: alone, execArgv: later } },
      {
        extends: true,
        test: {
          ...{ name: "more", isolate: false, include: [...sweeps, ...files(more.torch)], execArgv: later },
          env: { SWEEP: "rest" },
        },
      },
      {
        extends: true,
        test: { name: "more-alone", include: files([...more.programs, ...more.long]), execArgv: later },
      },
    ],
  },
});
