// The packages in Go, Rust and Java as their users see them: their own tests pass, their tools find nothing to complain of, and
// their example servers rank.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../cli/spawn.ts";
import { isThere } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { trainedOf } from "../compiled.ts";
import { goEnvironment } from "./go.ts";
import { rustEnvironment } from "./rust.ts";

/** Toolchains compile their own libraries too, on a machine that does ten other things. */
const SLOW = { timeout: 1_200_000 };

/** All types of values, names that are keywords, two labels of which one has classes, outputs of both kinds. */
const SPEC = `model rich
features user {
  /// Who asks.
  user_id : id(missing: unknown)  embed 2
  age : number(missing: 30)
  self : enum("a", "b")  embed 2
}
features context { now : time }
features item {
  item_id : id  embed 2
  type : int(0..5)  embed 2
  tags : set(id, max: 4)  embed 2
  moods : set(id, max: 4, weighted)  embed 2
  signals : set(id, max: 4, pool: sum, weighted)  embed 2
  title : text(hash: 50, max: 6)  embed 2
  picture : vector(3)
  added : hour(zone: "Europe/Berlin")  embed 2
}
history clicks(max: 6) { item_id <-> clicked  at : time }
label click : binary
label rating : enum("bad", "good", "best")
net {
  // In days: logits of thousands, whose terms nearly cancel, would be all rounding in 32 bits.
  let days = sum((now - clicks.at) / 86_400 * clicks)
  let all = concat(user_id, age, self, item_id, type, tags, moods, title, picture, added, signals, days)
  let rated = all |> dense(3) |> softmax
  predict click = all |> dense(1) |> sigmoid
  predict rating = rated
  output taste = user_id
  output gain = dot(user_id, item_id)
  output super = dot(user_id, user_id)
  output shares = rated
}
train { optimizer adam }
`;
const candidate = {
  ...{
    item_id: "1",
    type: 2,
    tags: ["1"],
    moods: [["1", 0.5]],
    signals: [["1", -0.5]],
    title: "Good morning",
    picture: [1, 2, 3],
    added: 1774747800,
  },
};
const request = {
  user: { user_id: 1, self: "a" },
  context: { now: 1774747900 },
  history: { clicks: [{ item_id: "1", at: 1774747800 }] },
  candidates: [candidate, { ...candidate, item_id: 2 }],
};
const hostile = { ...request, candidates: [candidate, { ...candidate, picture: [1, 2] }] };
const problem = "candidates[1].picture must have 3 numbers, but has 2";

let module: CModule;
/** The model of README, which docs/bindings.md has programs for. */
let documented: CModule;
beforeAll(async () => {
  const bindings = ["go", "rust", "java"];
  module = await CModule.of(trainedOf(SPEC), { bindings });
  documented = await CModule.of(trainedOf(programOf("README.md", "din")), { bindings });
});
afterAll(() => {
  module?.remove();
  documented?.remove();
});

/** The first program of a page in a language. */
function programOf(page: string, language: string): string {
  return readFileSync(join(root, page), "utf8").split(`\`\`\`${language}\n`)[1]!.split("```")[0]!;
}

function runIn(
  own: CModule,
  folder: string,
  command: string,
  given: readonly string[],
  environment = process.env,
) {
  const options = { cwd: join(own.folder, folder), env: environment, encoding: "utf8" } as const;
  return execFileSync(command, given, options);
}

function run(folder: string, command: string, given: readonly string[], environment = process.env): string {
  return runIn(module, folder, command, given, environment);
}

/** Starts a server, which prints its address, and sends it two requests. */
async function expectAnswers(
  folder: string,
  command: string,
  given: readonly string[],
  environment = process.env,
): Promise<void> {
  const cwd = join(module.folder, folder);
  const server = spawn(command, given, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      const read = (chunk: Buffer) => {
        said += chunk;
        const [found] = /http:\/\/\S+\/rank\b/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      server.stdout.on("data", read);
      server.stderr.on("data", read);
      server.on("error", reject);
      server.on("close", () => reject(new Error(`the server ended: ${said}`)));
    });
    const answer = async (body: unknown) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as { readonly scores?: unknown } };
    };
    const { status, body } = await answer(request);
    expect(status).toBe(200);
    const { scores } = body;
    const flat = Array.isArray(scores) ? scores : Object.values(scores as object).flat();
    expect(flat).toHaveLength(8 + 8 + 3);
    for (const score of flat) expect(score).toBeLessThan(1);
    expect(await answer(hostile)).toEqual({ status: 422, body: { error: problem } });
  } finally {
    server.kill();
  }
}

describe.skipIf(!["go", "gcc"].every(isThere))("Go", () => {
  test("passes its test, gofmt and vet, and serves", SLOW, async () => {
    expect(run("go", "gofmt", ["-l", "."])).toBe("");
    expect(run("go", "go", ["vet", "./..."], goEnvironment)).toBe("");
    expect(run("go", "go", ["test", "."], goEnvironment)).toMatch(/^ok /);
    const weights = join(module.folder, "rich.weights.bin");
    run("go", "go", ["build", "-o", "serve", "./server"], goEnvironment);
    await expectAnswers("go", "./serve", ["-weights", weights, "-listen", "localhost:0"]);
  });

  test("the program of docs/bindings.md ranks", SLOW, () => {
    const folder = join(documented.folder, "go", "program");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "main.go"),
      `package main\n\nimport (\n\t"fmt"\n\t"log"\n\n\t"dinc.local/din"\n)\n\nfunc main() {\n${programOf("docs/bindings.md", "go")}\tfmt.Println(len(scores), len(best), err)\n}\n`,
    );
    runIn(documented, "go", "go", ["build", "-o", "../in-go", "./program"], goEnvironment);
    expect(runIn(documented, ".", "./in-go", [])).toBe("2 1 candidates[0].cate_id is missing\n");
  });
});

describe.skipIf(!["cargo", "gcc"].every(isThere))("Rust", () => {
  test("passes its test and clippy without a warning, and serves", SLOW, async () => {
    const environment = { ...rustEnvironment(module.folder), RUSTFLAGS: "-D warnings" };
    expect(run("rust", "cargo", ["test", "-q", "--offline"], environment)).toMatch(/3 passed/);
    if (isThere("cargo-clippy"))
      run(
        "rust",
        "cargo",
        ["clippy", "-q", "--offline", "--all-targets", "--", "-D", "warnings"],
        environment,
      );
    const server = join(module.folder, "target", "debug", "examples", "server");
    await expectAnswers("rust", server, ["../rich.weights.bin", "127.0.0.1:0"]);
  });

  test("the program of docs/bindings.md ranks", SLOW, () => {
    writeFileSync(
      join(documented.folder, "rust", "examples", "program.rs"),
      `fn main() -> Result<(), din::Error> {\n${programOf("docs/bindings.md", "rust")}println!("{} {}", scores.len(), best.len());\nOk(())\n}\n`,
    );
    const environment = rustEnvironment(documented.folder);
    runIn(documented, "rust", "cargo", ["build", "-q", "--offline", "--example", "program"], environment);
    expect(runIn(documented, ".", "target/debug/examples/program", [])).toBe("2 1\n");
  });
});

describe.skipIf(!["javac", "make", "gcc"].every(isThere))("Java", () => {
  /** Every Java of Debian's folder; else the one that the Makefile finds. */
  const folder = "/usr/lib/jvm";
  const homes = (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
    .filter((each) => each.isDirectory() && existsSync(join(folder, each.name, "bin", "javac")))
    .map((each) => `JAVA_HOME=${join(folder, each.name)}`);

  test("passes its test by JNI and by foreign functions, and serves", SLOW, async () => {
    for (const home of homes.length === 0 ? [[]] : homes.map((each) => [each]))
      expect(run("java", "make", ["-s", "CFLAGS=-O0", ...home, "check"])).toMatch(/^32 golden requests: /);
    const java = join(run("java", "make", ["-s", "home"]).trim(), "bin", "java");
    const library = "-Ddinc.rich.library=librich_java.so";
    await expectAnswers("java", java, ["-cp", "classes", library, "Server", "../rich.weights.bin", "0"]);
  });

  test("a row of 300 features has a builder, as no constructor takes so many values", SLOW, async () => {
    const names = Array.from({ length: 300 }, (_, i) => `feature_${i}`);
    const many = await CModule.of(
      trainedOf(`model wide
features item { ${names.map((name) => `${name} : number`).join("\n")} }
label click : binary
net { predict click = concat(${names.join(", ")}) |> dense(1) |> sigmoid }
train { optimizer adam }
`),
      { bindings: ["java"] },
    );
    expect(runIn(many, "java", "make", ["-s", "CFLAGS=-O0", "check"])).toMatch(/^32 golden requests: /);
    many.remove();
  });

  test("the program of docs/bindings.md ranks", SLOW, () => {
    writeFileSync(
      join(documented.folder, "java", "example", "Program.java"),
      `import dinc.din.*;
import java.nio.file.Path;
import java.util.List;

final class Program {
    public static void main(String[] arguments) throws Exception {
${programOf("docs/bindings.md", "java")}
    }
}
`,
    );
    runIn(documented, "java", "make", ["-s", "CFLAGS=-O0"]);
    const java = join(runIn(documented, "java", "make", ["-s", "home"]).trim(), "bin", "java");
    const given = ["-cp", "java/classes", "-Ddinc.din.library=java/libdin_java.so", "Program"];
    const { status, stderr } = spawnSync(java, given, { cwd: documented.folder, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("RankerInputException: candidates[0].cate_id is missing");
  });
});
