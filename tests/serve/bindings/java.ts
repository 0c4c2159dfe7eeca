// Runs the binding for Java: requests are written as calls of the records' constructors.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import type { CModule } from "../../support/c-module.ts";
import { doubleBits, idOf, type Literals, quotedText, requestLiteral } from "./literals.ts";
import { type BindingRunner, rankLiterals } from "./runner.ts";

/** The types of the package's own files. */
function literalsOf(module: CModule): Literals {
  const [own] = readdirSync(join(module.folder, "java", "src", "dinc")) as [string];
  const folder = join(module.folder, "java", "src", "dinc", own);
  const steps = new Map(
    readdirSync(folder)
      .filter((name) => name.startsWith("StepOf"))
      .map((name) => {
        const [, history] = /A step of (\w+)\./.exec(readFileSync(join(folder, name), "utf8"))!;
        return [history!, name.replace(".java", "")] as const;
      }),
  );
  return {
    value(type, value) {
      switch (type) {
        case "id": {
          const id = idOf(value);
          return id === null ? null : `Id.of(${typeof id === "string" ? javaText(id) : `${id}L`})`;
        }
        case "number":
          return typeof value === "number" ? double(value) : null;
        case "time":
          if (typeof value === "string") return `Time.of(${javaText(value)})`;
          return typeof value === "number" ? `Time.of(${double(value)})` : null;
        case "text":
          return typeof value === "string" ? javaText(value) : null;
        case "vector":
          return null;
      }
    },
    missing: () => "null",
    missingId: "null",
    vector: (bits) => `new float[] {${bits.map((each) => `Float.intBitsToFloat(${each | 0})`).join(", ")}}`,
    set: (ids) =>
      `java.util.Arrays.<Id>asList(${ids.length === 1 ? `new Id[] {${ids[0]}}` : ids.join(", ")})`,
    weightedSet: (pairs) =>
      `List.of(${pairs.map((pair) => `new WeightedId(${pair.join(", ")})`).join(", ")})`,
    record: ({ name }, fields) =>
      `new ${steps.get(name) ?? { user: "User", context: "Context" }[name] ?? "Candidate"}(${fields.join(", ")})`,
    rows: (_, all) => `List.of(${all.join(", ")})`,
    missingRows: () => "null",
    request: (records, histories) =>
      `new Request(${[...records, ...(histories.length === 0 ? [] : [`new History(${histories.join(", ")})`])].join(", ")})`,
  };
}

function double(x: number): string {
  return `Double.longBitsToDouble(0x${doubleBits(x)}L)`;
}

/** An escape in octal, or a unit: a unit that is a quote or the end of a line would end the text. */
function javaText(text: string): string {
  return quotedText(
    text,
    (code) =>
      code < 256 ? `\\${code.toString(8).padStart(3, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`,
    "units",
  );
}

function run(module: CModule, main: string): string {
  const cwd = join(module.folder, "java");
  const [own] = readdirSync(join(cwd, "src", "dinc")) as [string];
  const name = "Driver";
  writeFileSync(
    join(cwd, "example", `${name}.java`),
    `import dinc.${own}.*;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class ${name} {
    static void show(java.util.function.Supplier<float[]> ranked) {
        try {
            StringBuilder line = new StringBuilder("= ");
            for (float score : ranked.get()) line.append(String.format("%08x,", Float.floatToRawIntBits(score)));
            System.out.println(line);
        } catch (RankerInputException e) {
            System.out.println("! \\"" + e.getMessage().replace("\\\\", "\\\\\\\\").replace("\\"", "\\\\\\"") + "\\"");
        }
    }

${main}}
`,
  );
  execFileSync("make", ["-s", "CFLAGS=-O0"], { cwd, stdio: "pipe" });
  const home = execFileSync("make", ["-s", "home"], { cwd, encoding: "utf8" }).trim();
  const options = { cwd, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const flags = ["-cp", "classes", `-Ddinc.${module.prefix}.library=lib${module.prefix}_java.so`];
  return execFileSync(join(home, "bin", "java"), ["-Dfile.encoding=UTF-8", ...flags, name], options);
}

export const java: BindingRunner = {
  needs: ["javac", "make", "gcc"],

  async rank(module, facts: BindingFacts, requests) {
    return rankLiterals(facts, requests, literalsOf(module), {
      call: (name, { request, candidates }) =>
        `    static void ${name}(Ranker ranker) {\n        show(() -> ranker.rank(${request}, ${candidates}));\n    }\n`,
      main: (names) => `    public static void main(String[] arguments) throws Exception {
        Ranker ranker = Ranker.load(Path.of("../${module.prefix}.weights.bin"));
${names.map((name) => `        ${name}(ranker);\n`).join("")}    }
`,
      run: (program) => run(module, program),
    });
  },

  async threads(module, facts, given) {
    const { request, candidates } = requestLiteral(facts, given, literalsOf(module))!;
    const out = run(
      module,
      `    public static void main(String[] arguments) throws Exception {
        Ranker ranker = Ranker.load(Path.of("../${module.prefix}.weights.bin"));
        Request request = ${request};
        List<Candidate> candidates = ${candidates};
        float[] expected = ranker.rank(request, candidates);
        boolean[] same = {true, true, true, true};
        Thread[] threads = new Thread[4];
        for (int t = 0; t < 4; t++) {
            int own = t;
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 50; i++) same[own] &= Arrays.equals(ranker.rank(request, candidates), expected);
            });
            threads[t].start();
        }
        for (Thread thread : threads) thread.join();
        System.out.print(same[0] && same[1] && same[2] && same[3]);
    }
`,
    );
    return out === "true";
  },
};
