// Which tests of vitest's JSON reports were skipped, and whether each may be: `node .ci/skipped.mjs REPORT…` fails where one
// is not in the list below. Whatever a test needs that a registry has, `.ci/run` installs.
import { readFileSync } from "node:fs";

const DATA = "needs a data set in ../shared/data, which no package registry has";

const TOOLCHAIN = "needs a toolchain that the machine of CI may lack";

/** The file and the beginning of the test's full name, and why this may not run. */
const MAY_BE_SKIPPED = [
  { file: "tests/data/real-data.test.ts", name: "", reason: DATA },
  { file: "tests/examples/amazon-beauty.test.ts", name: "DIN on Amazon Beauty", reason: DATA },
  { file: "tests/init/real-data.test.ts", name: "MovieLens", reason: DATA },
  { file: "tests/init/tomorrow.test.ts", name: "MovieLens", reason: DATA },
  { file: "tests/init/tomorrow.test.ts", name: "Amazon Beauty", reason: DATA },
  { file: "tests/onnx/java.test.ts", name: "", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/bindings.test.ts", name: "Go", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/bindings.test.ts", name: "Rust", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/bindings.test.ts", name: "Java", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/packages.test.ts", name: "Go", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/packages.test.ts", name: "Rust", reason: TOOLCHAIN },
  { file: "tests/serve/bindings/packages.test.ts", name: "Java", reason: TOOLCHAIN },
  { file: "tests/serve/c/aarch64.test.ts", name: "on aarch64", reason: TOOLCHAIN },
  { file: "tests/serve/c/building.test.ts", name: "CMake", reason: TOOLCHAIN },
  {
    file: "tests/training/safetensors.test.ts",
    name: "a broken file is refused with its reason with a tensor that is larger than an array can be",
    reason: "newer Nodes have arrays as long as any file",
  },
];

/** The skipped tests, each with the reason in the list; null where there is none. */
function skippedTests(report) {
  return report.testResults.flatMap((file) =>
    file.assertionResults.flatMap(({ fullName, status }) => {
      if (status === "passed" || status === "failed") return [];
      const allowed = MAY_BE_SKIPPED.find(
        (each) => file.name.endsWith(each.file) && fullName.startsWith(each.name),
      );
      return [{ file: file.name, name: fullName, reason: allowed?.reason ?? null }];
    }),
  );
}

const skipped = process.argv.slice(2).flatMap((path) => skippedTests(JSON.parse(readFileSync(path, "utf8"))));
for (const { file, name, reason } of skipped)
  console.log(`skipped: ${file}: ${name}: ${reason ?? "for no reason that .ci/skipped.mjs lists"}`);
console.log(`${skipped.length} skipped`);
process.exitCode = skipped.some(({ reason }) => reason === null) ? 1 : 0;
