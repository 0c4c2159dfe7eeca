// A language server whose documents are edited at random, with texts in them that unfold to what no machine holds. Whatever
// they are, every request is answered, the document that nobody spoils keeps its diagnostics, and the server ends in order.
// `FUZZ=50` makes fifty times as many edits.

import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { type Session, startSession } from "../lsp/session.ts";
import { runs, seed, timeout } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

const EDITS = runs(70);
/** After so many edits the document that nobody spoils is changed, too, and waited for. */
const ROUND = 25;

const WITNESS = `model small
features user { user_id : id  embed 4 }
features item { item_id : id  embed 8 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
`;
const WRONG = WITNESS.replace("item_id)", "itm)");

/** Statements that unfold, or nearly so: put into a network they are within the budget or beyond it. */
const unfolding = [
  "fold(1..40, [item_id], (x, i) => join(x, x))",
  "fold(1..60, item_id, (x, i) => x + x)",
  "pairs(split(dense(item_id, 10000), 10000), dot)",
  "cross(item_id, layers: 5000)",
  "mlp(item_id, [80, 40, 20], dice)",
  "each(1..200, i => dense(item_id, i))",
];

const texts = [...specFiles("examples/zoo", "tests/good", "tests/bad")].map(([, text]) => text);

/** The text with a piece cut out, written twice, taken from elsewhere, or that unfolds. */
function edited(text: string, random: Random): string {
  const at = random.integer(text.length + 1);
  const to = Math.min(text.length, at + random.integer(40));
  const other = texts[random.integer(texts.length)]!;
  const from = random.integer(other.length);
  switch (random.integer(7)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, to) + text.slice(at, to) + text.slice(to);
    case 2:
      return text.slice(0, at) + other.slice(from, from + 40) + text.slice(to);
    case 3:
      return text.replace(/net \{/, `net {\n  let x${at} = ${unfolding[random.integer(unfolding.length)]}`);
    case 4:
      return text.slice(0, at) + String.fromCharCode(random.integer(0x10000)) + text.slice(at);
    case 5:
      return text.slice(0, at);
    default:
      return other;
  }
}

const requests = [
  "textDocument/hover",
  "textDocument/completion",
  "textDocument/definition",
  "textDocument/signatureHelp",
  "textDocument/documentHighlight",
  "textDocument/documentSymbol",
  "textDocument/foldingRange",
  "textDocument/semanticTokens/full",
  "textDocument/inlayHint",
  "textDocument/formatting",
  "textDocument/codeLens",
] as const;

/** Asks something about a place; every request may have more than it needs. */
async function ask(session: Session, name: string, text: string, random: Random): Promise<void> {
  const lines = text.split("\n");
  const line = random.integer(lines.length);
  const position = { line, character: random.integer(lines[line]!.length + 1) };
  await session.connection.sendRequest(requests[random.integer(requests.length)]!, {
    textDocument: { uri: session.uri(name) },
    position,
    range: { start: { line: 0, character: 0 }, end: position },
    options: { tabSize: 2, insertSpaces: true },
  });
}

test("edits at random", { timeout: 4 * timeout }, async () => {
  const random = Random.of(seed, "edits");
  const session = await startSession({}, [], { limits: { milliseconds: 5000, megabytes: 256 } });
  await session.open("witness.din", WRONG);
  const names = ["a.din", "b.din", "c.din"];
  const open = new Map(names.map((name) => [name, texts[random.integer(texts.length)]!]));
  for (const [name, text] of open) await session.open(name, text);
  let isWrong = true;
  for (let i = 1; i <= EDITS; i++) {
    const name = names[random.integer(names.length)]!;
    const text = edited(open.get(name)!, random).slice(0, 20_000);
    open.set(name, text);
    await session.change(name, text);
    if (random.integer(3) === 0) await ask(session, name, text, random);
    if (i % ROUND > 0) continue;
    isWrong = !isWrong;
    await session.change("witness.din", isWrong ? WRONG : WITNESS);
    await session.diagnostics(
      "witness.din",
      (found) => found.some(({ code }) => code === "DIN0260") === isWrong,
    );
  }
  expect(await session.close()).toBe(0);
});
