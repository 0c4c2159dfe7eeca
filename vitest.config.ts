import { availableParallelism } from "node:os";
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
    "backends cli data from import init manual onnx ops playground report scale serve training versions zoo",
  ),
};
/**
 * Files there that are about a process, its threads or its memory, which no other file may have touched, or
 * that replace modules.
 */
const alone = words(
  "backends/choose backends/toy/toy data/memory fuzz/full-disks fuzz/kills lsp/stdio lsp/thread metrics/thread",
);

function words(text: string): string[] {
  return text.split(" ");
}
const files = (names: readonly string[]) => names.map((name) => `tests/${name}.test.ts`);
const inFolders = (folders: readonly string[]) => files(folders.map((folder) => `${folder}/**/*`));

/**
 * Most functions run only a few times here, and V8's optimizing compiler took as much processor time, in its
 * threads, as many a test itself. So its quick baseline compiler compiles at once, and the optimizing one
 * later. Not so in `pure`, where one worker checks thousands of specs: optimizing later took up to a tenth
 * longer there. Measured with Node 20; later versions have no such budget.
 */
const isMeasured = process.version.startsWith("v20.");
const sooner = isMeasured ? ["--always-sparkplug"] : [];
const later = isMeasured ? [...sooner, "--interrupt-budget=1500000"] : [];

export default defineConfig({
  test: {
    setupFiles: ["tests/support/fixed-seed.ts", "tests/support/cpu-times.ts"],
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
    // vitest leaves a core to itself, which on two cores is half of the machine.
    maxWorkers: availableParallelism(),
    projects: [
      ...Object.entries(shared).map(([name, folders]) => ({
        extends: true as const,
        test: {
          ...{ name, isolate: false, include: inFolders(folders), exclude: files(alone) },
          execArgv: name === "pure" ? sooner : later,
        },
      })),
      {
        extends: true,
        test: {
          name: "edge",
          execArgv: later,
          include: ["tests/**/*.test.ts"],
          exclude: inFolders(Object.values(shared).flat()),
        },
      },
      { extends: true, test: { name: "alone", include: files(alone), execArgv: later } },
    ],
  },
});
