// How long an editor waits for the language server: a spec of 1,000 lines is typed into, key by key, as a
// person does, and what an editor asks after a key is asked. From the message to the answer, over standard
// input and output, as an editor sees it.

import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { wide, zoo } from "../specs.mjs";
import { median } from "../statistics.mjs";

const LINES = 1_000;
/** Milliseconds between keys. */
const RHYTHM = 80;
/** Typed at the end of the net, character by character. */
const TYPED = "let tried = sum(clicks) |> mlp([16, 8], dice)";

/** 95 % of the waits must be shorter; milliseconds. */
const goals = { completion: 16, diagnostics: 50 };

/**
 * What is asked after a key, or once a round where editors wait for a pause (VS Code asks for semantic tokens
 * after 300 ms).
 */
const requests = {
  completion: ["textDocument/completion", "key"],
  "signature help": ["textDocument/signatureHelp", "key"],
  "semantic tokens": ["textDocument/semanticTokens/full", "pause"],
  highlight: ["textDocument/documentHighlight", "pause"],
  hover: ["textDocument/hover", "pause"],
  definition: ["textDocument/definition", "pause"],
  references: ["textDocument/references", "pause"],
  symbols: ["textDocument/documentSymbol", "pause"],
  folding: ["textDocument/foldingRange", "pause"],
  "inlay hints": ["textDocument/inlayHint", "pause"],
  "code actions": ["textDocument/codeAction", "pause"],
  "code lenses": ["textDocument/codeLens", "pause"],
  formatting: ["textDocument/formatting", "pause"],
};

export async function lsp(root, { small = false } = {}) {
  const rounds = small ? 1 : 6;
  const load = loadavg()[0].toFixed(1);
  const columns = [];
  for (const [name, make] of Object.entries({ wide, zoo }))
    columns.push([name, await measured(root, make(LINES), rounds)]);
  const rows = ["diagnostics", ...Object.keys(requests)].map((name) => {
    const cells = columns.map(([, waits]) => {
      const all = waits.get(name);
      return all === undefined ? "–" : `${median(all).toFixed(1)}, ${quantile(all, 0.95).toFixed(1)}`;
    });
    const goal = goals[name] === undefined ? "" : `< ${goals[name]}`;
    return `| ${name} | ${cells.join(" | ")} | ${goal} |`;
  });
  return [
    "## lsp",
    "",
    `Milliseconds that an editor waits for \`dinc lsp --stdio\` with ${LINES.toLocaleString("en-US")} lines open: median, 95th percentile, of ${rounds} × ${TYPED.length} keys, one every ${RHYTHM} ms.`,
    "Diagnostics: from the change to their arrival. Requests that editors send after a pause are sent once typing has stopped.",
    `Load average at the start: ${load}.`,
    "",
    `| | ${columns.map(([name]) => name).join(" | ")} | goal, 95 % |`,
    `|---|${columns.map(() => "---|").join("")}---|`,
    ...rows,
  ].join("\n");
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

async function measured(root, text, rounds) {
  const server = spawn(process.execPath, [join(root, "bin", "dinc.js"), "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const uri = "file:///bench/model.din";
  /** By version of the text: told when its diagnostics arrive. */
  const arrivals = new Map();
  connection.onNotification("textDocument/publishDiagnostics", ({ version }) => {
    arrivals.get(version)?.();
    arrivals.delete(version);
  });
  connection.listen();
  const { capabilities } = await connection.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {},
  });
  await connection.sendNotification("initialized", {});
  const textDocument = { uri };
  let version = 1;
  const arrivalOf = (wanted) => new Promise((resolve) => arrivals.set(wanted, resolve));
  const first = arrivalOf(version);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "din", version, text },
  });
  await first;

  const waits = new Map();
  const note = (name, started) => waits.set(name, [...(waits.get(name) ?? []), performance.now() - started]);
  const asked = Object.entries(requests).filter(([, [method]]) => capabilities[providerOf(method)] != null);
  const lines = text.split("\n");
  const line = lines.findLastIndex((each) => each.includes("predict click"));
  const ask = async (name, position) => {
    const [method] = requests[name];
    const range = {
      start: { line: 0, character: 0 },
      end: { line: Math.min(lines.length, 60), character: 0 },
    };
    const more = {
      "textDocument/references": { context: { includeDeclaration: true } },
      "textDocument/formatting": { options: { tabSize: 2, insertSpaces: true } },
      "textDocument/inlayHint": { range },
      "textDocument/codeAction": { range, context: { diagnostics: [] } },
    };
    const started = performance.now();
    await connection.sendRequest(method, { textDocument, position, ...more[method] });
    note(name, started);
  };
  const edit = async (range, replacement) => {
    version++;
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range, text: replacement }],
    });
  };
  const at = (character) => ({ line, character });
  for (let round = 0; round <= rounds; round++) {
    // The first round is for the engine to compile.
    if (round === 1) waits.clear();
    await edit({ start: at(0), end: at(0) }, "\n");
    for (let i = 0; i < TYPED.length; i++) {
      const started = performance.now();
      const said = arrivalOf(version + 1).then(() => note("diagnostics", started));
      await edit({ start: at(i), end: at(i) }, TYPED.charAt(i));
      for (const [name, [, when]] of asked) if (when === "key") await ask(name, at(i + 1));
      await said;
      await pause(Math.max(0, RHYTHM - (performance.now() - started)));
    }
    await pause(700);
    for (const [name, [, when]] of asked)
      if (when === "pause") await ask(name, at("let tried = sum(cl".length));
    await edit({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }, "");
    await pause(100);
  }
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  connection.dispose();
  return waits;
}

/** The capability that says that a method is answered. */
function providerOf(method) {
  const name = method.replace("textDocument/", "").replace("/full", "");
  return name === "formatting" ? "documentFormattingProvider" : `${name}Provider`;
}
