// A library in C is built as its users build it: by CMake, and with every warning as an error, whatever its spec's names and
// texts are. They inject nothing.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilerNames, isThere } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { trainedOf } from "../compiled.ts";
import { specs } from "../specs.ts";

const hasCmake = ["cmake", "ninja", "ctest"].every(isThere);

test.skipIf(!hasCmake || compilerNames.length === 0)(
  "CMake builds the library and its test passes",
  async () => {
    const module = await CModule.of(trainedOf(specs["without histories"]));
    const run = (command: string, ...given: readonly string[]) =>
      execFileSync(command, given, { cwd: module.folder, encoding: "utf8" });
    run("cmake", "-G", "Ninja", "-B", "build", "-S", ".");
    run("ninja", "-C", "build");
    expect(run("ctest", "--test-dir", "build", "--output-on-failure")).toContain("100% tests passed");
    module.remove();
  },
);

/** Instructions that compilers don't make from vectors alone, and the macros that clang doesn't define for an attribute. */
test.skipIf(process.arch !== "x64").each(compilerNames)(
  "the wider programs use their machine's instructions, compiled by %s for any machine",
  async (compiler) => {
    for (const [mode, name, instruction] of [
      ["exact", "avx512_f_madd_at16", /vmulps/],
      ["fast", "avx512_f_madd16", /vfmaddps512|elementwise_fma/],
      ["fast", "avx2_f_madd8", /vfmaddps256|elementwise_fma/],
    ] as const) {
      const module = await CModule.of(trainedOf(specs["without histories"]), { mode });
      const all = execFileSync(compiler, ["-E", `${module.prefix}.c`], {
        cwd: module.folder,
        encoding: "utf8",
      });
      const [, body] = all.split(new RegExp(`v\\d+ dinc_${name}\\(`));
      expect(body?.slice(0, body.indexOf("\n}"))).toMatch(instruction);
      module.remove();
    }
  },
);

/** Keywords of C and C++, macros, names of the library and of the test, and long ones. */
const names = fc.constantFrom(
  ...[
    "int",
    "class",
    "NULL",
    "unix",
    "linux",
    "main",
    "printf",
    "M",
    "s",
    "n",
    "test",
    "dinc",
    "dinc_user",
    "x0",
  ],
  ...[
    "register",
    "template",
    "INT_MAX",
    "stdin",
    "errno",
    "v4",
    "load_v4",
    "session",
    "OK",
    "LABEL",
    "__LINE__",
  ],
  ...[
    "a".repeat(200),
    "Item_id",
    "item_ID",
    "model",
    "EXPLAINS",
    "uint32_t",
    "DINC_BLOCK",
    "_Bool",
    "__attribute__",
  ],
);
const texts = fc.oneof(
  fc.constantFrom(
    ...[
      "*/ int injected(void) { return 1; } /*",
      '" ; injected(); "',
      "??/",
      "??/\n",
      "\\",
      "\\\n",
      "// \\",
      "%s%n",
    ],
    ...[
      "\u202e",
      "日本",
      "#error injected",
      "\n#error injected\n",
      "*/\n#error injected\n/*",
      '??=error "injected',
    ],
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);

/** A comment of a spec has one line. */
function commentOf(text: string): string {
  return text.replace(/[\r\n\u2028\u2029\ud800-\udfff]/g, " ");
}

interface HostileNames {
  readonly names: readonly string[];
  readonly texts: readonly string[];
}

function specOf({ names: own, texts: [doc = "", value = "", other = ""] }: HostileNames): string {
  const [model, user, item, other_item, history, field, label, block, first, second] = own as [
    ...[string, string, string, string, string, string, string, string, string, string],
  ];
  const quoted = (text: string) => JSON.stringify(text).replace(/\\u[0-9a-f]{4}|\\[bf]/g, "?");
  return `/// ${commentOf(doc)}
model ${model}
features user {
  /// ${commentOf(value)}
  ${user} : enum("a", ${quoted(`${commentOf(value)}1`)}, ${quoted(`${commentOf(other)}2`)})  embed 2
}
features item { ${item} : id  embed 2  ${other_item} : number }
/// ${commentOf(other)}
history ${history}(max: 3) { ${item} <-> ${field} }
label ${label} : binary
block ${block}(x: Vec[d]) -> Vec[1] { x |> dense(2, relu) |> dense(1) }
net {
  let ${first} = sum(${block}(${history}) * ${history})
  let ${second} = concat(${first}, ${user}, ${item}, ${other_item})
  predict ${label} = ${second} |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 4 epochs 1  metrics auc }
`;
}

const hostile = fc.record({
  names: fc.uniqueArray(names, { minLength: 10, maxLength: 10 }),
  texts: fc.array(texts, { minLength: 3, maxLength: 3 }),
});

describe.skipIf(compilerNames.length === 0)("whatever a spec's names and texts are", () => {
  test("the library compiles without a warning, passes its test, and defines no name of the spec", async () => {
    let compiled = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (given) => {
        const spec = specOf(given);
        const trained = (() => {
          try {
            return trainedOf(spec);
          } catch (error) {
            // A name that the language refuses.
            if (/^DIN\d{4} /.test((error as Error).message)) return null;
            throw error;
          }
        })();
        fc.pre(trained !== null);
        const module = await CModule.of(trained);
        const own = compiled++ % compilerNames.length;
        const { code, err } = module.golden(compilerNames[own]!, "-std=c99", "-pedantic", "-O0");
        expect([code, err]).toEqual([0, ""]);
        const { prefix, folder: cwd } = module;
        execFileSync("gcc", ["-std=c99", "-O0", "-c", `${prefix}.c`, "-o", "model.o"], { cwd });
        const defined = spawnSync("nm", ["-g", "--defined-only", "model.o"], {
          cwd,
          encoding: "utf8",
        }).stdout;
        for (const line of defined.trim().split("\n"))
          expect(line).toMatch(new RegExp(`^\\w+ T ${prefix}_[a-z_]+$`));
        expect(existsSync(join(cwd, "model.o"))).toBe(true);
        module.remove();
      }),
      { numRuns: 8 },
    );
    expect(compiled).toBeGreaterThan(4);
  });
});
