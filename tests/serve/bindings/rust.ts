// Runs the binding for Rust: requests are written as struct expressions.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import { namesOf } from "../../../compiler/backends/c-library/bindings/rust/binding.ts";
import type { CModule } from "../../support/c-module.ts";
import { doubleBits, idOf, type Literals, quotedText, requestLiteral } from "./literals.ts";
import { type BindingRunner, rankLiterals } from "./runner.ts";

export function rustEnvironment(folder: string) {
  return { ...process.env, CARGO_TARGET_DIR: join(folder, "target"), CFLAGS: "-O0", CARGO_INCREMENTAL: "0" };
}

function literalsOf(facts: BindingFacts): Literals {
  const names = namesOf(facts);
  const histories = facts.parts.filter(({ kind }) => kind === "history");
  const records = facts.parts.filter(({ kind }) => kind === "record");
  return {
    value(type, value) {
      switch (type) {
        case "id": {
          const id = idOf(value);
          if (id === null) return null;
          return typeof id === "string" ? `Id::Text(${rustText(id)})` : `Id::Integer(${id})`;
        }
        case "number":
          return typeof value === "number" ? double(value) : null;
        case "time":
          if (typeof value === "string") return `Time::Text(${rustText(value)})`;
          return typeof value === "number" ? `Time::Number(${double(value)})` : null;
        case "text":
          return typeof value === "string" ? rustText(value) : null;
        case "vector":
          return null;
      }
    },
    missing: ({ isOptional }) => (isOptional ? "None" : null),
    missingId: null,
    vector: (bits) => `Cow::from(vec![${bits.map((each) => `f32::from_bits(${each})`).join(", ")}])`,
    set: (ids) => `Cow::from(vec![${ids.join(", ")}] as Vec<Id>)`,
    weightedSet: (pairs) =>
      `Cow::from(vec![${pairs.map((pair) => `(${pair.join(", ")})`).join(", ")}] as Vec<(Id, f64)>)`,
    record(part, fields) {
      const values = part.fields.map((field, i) => {
        const text = fields[i]!;
        const value = field.isOptional && text !== "None" ? `Some(${text})` : text;
        return `${names.fields.get(part)![i]}: ${value}`;
      });
      return `${names.types.get(part)} { ${values.join(", ")} }`;
    },
    rows: (_, all) => `vec![${all.join(", ")}]`,
    missingRows: () => null,
    request(own, lists) {
      const fields = [
        ...own.map((text, i) => `${records[i]!.name}: ${text}`),
        ...(lists.length === 0
          ? []
          : [
              `history: History { ${lists.map((text, i) => `${names.histories.get(histories[i]!)}: ${text}`).join(", ")} }`,
            ]),
      ];
      return `Request { ${fields.join(", ")} }`;
    },
  };
}

function double(x: number): string {
  return `f64::from_bits(0x${doubleBits(x)})`;
}

function rustText(text: string): string {
  return quotedText(text, (code) => `\\u{${code.toString(16)}}`, "points");
}

function run(module: CModule, main: string): string {
  const folder = join(module.folder, "rust");
  const crate = /^name = "(.*)"/m.exec(readFileSync(join(folder, "Cargo.toml"), "utf8"))![1];
  writeFileSync(
    join(folder, "examples", "driver.rs"),
    `#![allow(unused_imports, dead_code)]
use std::borrow::Cow;
use ${crate}::*;

fn ranker() -> Ranker {
    Ranker::load(${rustText(join(module.folder, `${module.prefix}.weights.bin`))}).unwrap()
}

fn show(result: Result<Vec<f32>, Error>) {
    match result {
        Ok(scores) => {
            let bits: Vec<String> = scores.iter().map(|score| format!("{:08x}", score.to_bits())).collect();
            println!("= {}", bits.join(","));
        }
        Err(error) => {
            let text = error.to_string().replace('\\\\', "\\\\\\\\").replace('"', "\\\\\\"");
            println!("! \\"{text}\\"");
        }
    }
}

${main}`,
  );
  const command = ["run", "--quiet", "--offline", "--example", "driver"];
  const options = { cwd: folder, env: rustEnvironment(module.folder), maxBuffer: 2 ** 28 };
  return execFileSync("cargo", command, { ...options, encoding: "utf8" });
}

export const rust: BindingRunner = {
  needs: ["cargo", "gcc"],

  async rank(module, facts, requests) {
    return rankLiterals(facts, requests, literalsOf(facts), {
      call: (name, { request, candidates }) =>
        `fn ${name}(ranker: &Ranker) {\n    show(ranker.rank(&${request}, &${candidates}));\n}\n`,
      main: (names) =>
        `fn main() {\n    let ranker = ranker();\n${names.map((name) => `    ${name}(&ranker);\n`).join("")}}\n`,
      run: (program) => run(module, program),
    });
  },

  async threads(module, facts, given) {
    const { request, candidates } = requestLiteral(facts, given, literalsOf(facts))!;
    const out = run(
      module,
      `fn main() {
    let ranker = ranker();
    let (request, candidates) = (${request}, ${candidates});
    let expected = ranker.rank(&request, &candidates).unwrap();
    let work = || (0..50).all(|_| ranker.rank(&request, &candidates).unwrap() == expected);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        print!("{}", threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}
`,
    );
    return out === "true";
  },
};
