// Runs the binding for Go: requests are written as composite literals.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import type { CModule } from "../../support/c-module.ts";
import { doubleBits, idOf, type Literals, quotedText, requestLiteral } from "./literals.ts";
import { type BindingRunner, rankLiterals } from "./runner.ts";

export const goEnvironment = { ...process.env, GOTOOLCHAIN: "local", GOPROXY: "off", CGO_CFLAGS: "-O0" };

const hex = (x: number) => x.toString(16);

/** The types of the package's own declarations. */
function literalsOf(source: string): Literals {
  const stepTypes = new Map(
    [...source.matchAll(/\/\/ (StepOf\w+) is a step of (\w+)\./g)].map(([, type, name]) => [name, type]),
  );
  const typeOf = (name: string) =>
    `model.${stepTypes.get(name) ?? { user: "User", context: "Context" }[name] ?? "Candidate"}`;
  return {
    value(type, value) {
      switch (type) {
        case "id": {
          const id = idOf(value);
          return id === null
            ? null
            : typeof id === "string"
              ? `model.Str(${goText(id)})`
              : `model.Int(${id})`;
        }
        case "number":
          return typeof value === "number" ? `model.Num(math.Float64frombits(0x${doubleBits(value)}))` : null;
        case "time": {
          if (typeof value === "string") return `model.TimeOf(${goText(value)})`;
          const isSeconds = Number.isInteger(value) && (value as number) > 7e8 && (value as number) < 4e9;
          return isSeconds ? `model.At(time.Unix(${value as number}, 0))` : null;
        }
        case "text":
          return typeof value === "string" ? `model.Words(${goText(value)})` : null;
        case "vector":
          return null;
      }
    },
    missing: ({ type, isSet }) =>
      isSet || type === "vector"
        ? "nil"
        : `model.${{ id: "ID", number: "Number", time: "Time", text: "Text" }[type]}{}`,
    missingId: "model.ID{}",
    vector: (bits) =>
      `model.Vector{${bits.map((each) => `math.Float32frombits(0x${hex(each)})`).join(", ")}}`,
    set: (ids) => `model.IDs{${ids.join(", ")}}`,
    weightedSet: (pairs) => `model.WeightedIDs{${pairs.map((pair) => `{${pair.join(", ")}}`).join(", ")}}`,
    record: ({ name }, fields) => `${typeOf(name)}{${fields.join(", ")}}`,
    rows: ({ name }, records) => `[]${typeOf(name)}{${records.join(", ")}}`,
    missingRows: () => "nil",
    request: (records, histories) =>
      `model.Request{${[...records, ...(histories.length === 0 ? [] : [`model.History{${histories.join(", ")}}`])].join(", ")}}`,
  };
}

function goText(text: string): string {
  return quotedText(text, (code) => `\\U${hex(code).padStart(8, "0")}`, "points");
}

function run(module: CModule, main: string): string {
  const folder = join(module.folder, "go", "driver");
  const moduleName = /^module (\S+)/.exec(readFileSync(join(module.folder, "go", "go.mod"), "utf8"))![1];
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "main.go"),
    `package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	model "${moduleName}"
)

var _, _ = math.Pi, time.Second

func show(scores []float32, err error) {
	if err != nil {
		fmt.Println("! " + strconv.QuoteToASCII(err.Error()))
		return
	}
	fmt.Print("= ")
	for _, score := range scores {
		fmt.Printf("%08x,", math.Float32bits(score))
	}
	fmt.Println()
}

func ranker() *model.Ranker {
	ranker, err := model.Load("${join(module.folder, `${module.prefix}.weights.bin`)}")
	if err != nil {
		panic(err)
	}
	return ranker
}

var _, _ = slices.Equal[[]int], sync.Mutex{}

${main}`,
  );
  const cwd = join(module.folder, "go");
  return execFileSync("go", ["run", "./driver"], {
    cwd,
    env: goEnvironment,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}

function sourceOf(module: CModule): string {
  return readFileSync(join(module.folder, "go", "model.go"), "utf8");
}

export const go: BindingRunner = {
  needs: ["go", "gcc"],

  async rank(module, facts: BindingFacts, requests) {
    return rankLiterals(facts, requests, literalsOf(sourceOf(module)), {
      call: (name, { request, candidates }) =>
        `func ${name}(r *model.Ranker) {\n\tshow(r.Rank(${request}, ${candidates}))\n}\n`,
      main: (names) => `func main() {\n\tr := ranker()\n${names.map((name) => `\t${name}(r)\n`).join("")}}\n`,
      run: (program) => run(module, program),
    });
  },

  async threads(module, facts, given) {
    const { request, candidates } = requestLiteral(facts, given, literalsOf(sourceOf(module)))!;
    const out = run(
      module,
      `func main() {
	r := ranker()
	request, candidates := ${request}, ${candidates}
	expected, _ := r.Rank(request, candidates)
	var same [4]bool
	var wait sync.WaitGroup
	for t := range same {
		wait.Add(1)
		go func() {
			defer wait.Done()
			same[t] = true
			for range 50 {
				scores, err := r.Rank(request, candidates)
				same[t] = same[t] && err == nil && slices.Equal(scores, expected)
			}
		}()
	}
	wait.Wait()
	fmt.Print(same == [4]bool{true, true, true, true})
}
`,
    );
    return out === "true";
  },
};
