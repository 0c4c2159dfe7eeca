// Runs the binding for Python: requests are written as its literals.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonQuoted } from "../../../compiler/common/python-text.ts";
import type { CModule } from "../../support/c-module.ts";
import { type BindingRunner, type Outcome, outcomesOf } from "./runner.ts";

export const python: BindingRunner = {
  needs: ["python3", "cc"],

  async rank(module, _, requests) {
    const texts = requests.map(pythonText);
    const found = outcomesOf(
      run(
        module,
        `requests = [
${texts.flatMap((text) => (text === null ? [] : [`    ${text},`])).join("\n")}
]
ranker = Ranker()
for request in requests:
    try:
        scores = ranker.rank(**request)
        lists = scores.values() if isinstance(scores, dict) else [scores]
        print("=", "".join(f"{bits:08x}," for each in lists for bits in memoryview(each).cast("B").cast("I")))
    except InputError as error:
        print("!", json.dumps(str(error)))
`,
      ),
    );
    let next = 0;
    return texts.map((text): Outcome => (text === null ? null : found[next++]!));
  },

  /** A part that is None counts as not given. */
  meaning(request) {
    const { history, candidates, ...records } = request as Readonly<Record<string, unknown>>;
    const isGiven = typeof history === "object" && history !== null;
    const parts = {
      ...records,
      history: isGiven
        ? Object.fromEntries(Object.entries(history).map(([name, rows]) => [name, recordsOf(rows)]))
        : history,
      candidates: recordsOf(candidates),
    };
    return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
  },

  async threads(module, _, request) {
    const out = run(
      module,
      `import threading
request = ${pythonText(request)}
ranker = Ranker()
expected = bytes(memoryview(ranker.rank(**request)))
same = []
def work():
    same.append(all(bytes(memoryview(ranker.rank(**request))) == expected for _ in range(50)))
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(int(same == [True] * 4), end="")
`,
    );
    return out === "1";
  },
};

/** Runs a program, with packages of a folder. */
export function run(module: CModule, program: string, path = ""): string {
  const name = `${module.prefix.toLowerCase()}_ranker`;
  const file = join(module.folder, "python", "driver.py");
  const own = { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1", DINC_CACHE: join(module.folder, "cache") };
  const all = `import json\nfrom ${name} import InputError, Ranker\nnan, inf = float("nan"), float("inf")\n${program}`;
  writeFileSync(file, all);
  return execFileSync("python3", [file], {
    ...{ encoding: "utf8", maxBuffer: 2 ** 28 },
    env: { ...process.env, ...own, CC: "cc -O0" },
  });
}

/** A row that is a list isn't a record, as an array of JavaScript is. */
function recordsOf(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: unknown) => (Array.isArray(row) || ArrayBuffer.isView(row) ? 0 : row));
}

/** A value as Python's literal; null if there is none. A number of JavaScript is a float. */
export function pythonText(value: unknown): string | null {
  if (value === null) return "None";
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const text = Object.is(value, -0) ? "-0" : String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  if (typeof value === "string") return pythonQuoted(value);
  if (Array.isArray(value)) return listText(value);
  if (value instanceof Float32Array || value instanceof Float64Array)
    return `__import__("array").array("${value instanceof Float32Array ? "f" : "d"}", ${listText([...value])})`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return null;
  const entries = Object.entries(value as object).filter(([, each]) => each !== undefined);
  const texts = entries.map(([name, each]) => [pythonQuoted(name), pythonText(each)] as const);
  return texts.some(([, text]) => text === null)
    ? null
    : `{${texts.map(([name, text]) => `${name}: ${text}`).join(", ")}}`;
}

function listText(values: readonly unknown[]): string | null {
  const texts = values.map(pythonText);
  return texts.includes(null) ? null : `[${texts.join(", ")}]`;
}
