// Which tests of vitest's JSON reports failed, and which passed only when they ran a second time: `node .ci/failed.mjs REPORT…`.
// `.ci/run` ends with this list, because the last lines of a log are those that people see. A test that needs a second try is
// a defect to mend; it fails no run, so that a busy machine stops nobody.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/** Lines of a message: enough to recognize what failed. */
const LINES = 12;

function tests(report) {
  return report.testResults.flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(process.cwd(), name);
    // A hook that fails, or a file that can't be loaded, fails no test.
    const own =
      status === "failed" && !assertionResults.some((each) => each.status === "failed") ? [message] : [];
    return [
      ...own.map((text) => ({ file, test: "the file itself", hasFailed: true, text })),
      ...assertionResults
        .filter(({ failureMessages }) => failureMessages?.length > 0)
        .map((each) => ({
          ...{ file, test: each.fullName, hasFailed: each.status === "failed" },
          text: each.failureMessages[0],
        })),
    ];
  });
}

const listed = process.argv
  .slice(2)
  .filter((path) => existsSync(path))
  .flatMap((path) => tests(JSON.parse(readFileSync(path, "utf8"))));
for (const { file, test, hasFailed, text } of listed) {
  console.log(`${hasFailed ? "failed" : "passed at the second try"}: ${file}: ${test}`);
  const lines = text.split("\n").filter((line) => !line.includes("node_modules"));
  for (const line of lines.slice(0, LINES)) console.log(`    ${line.slice(0, 200)}`);
}
