// A server whose threads end or hang: callers get an answer, other threads take their place, and it says so. Also bodies that
// never end, and the page in a browser.

import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { HttpServer, until } from "../support/http-server.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const SPEC = `model shop
features user { user_id : id(hash: 50)  embed 2 }
features item { item_id : id(hash: 50)  embed 2 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(user_id, item_id, attention(item_id, clicks, clicks)) |> dense(1) |> sigmoid }
`;

/** A user of the name does it to the thread. */
const FAULTS = `
const { rank } = Ranker.prototype;
Ranker.prototype.rank = function (request) {
  const name = request.user?.user_id;
  if (name === "exit") process.exit(3);
  if (name === "throw") setImmediate(() => { throw new Error("thrown later"); });
  if (name === "loop") for (;;);
  for (const all = []; name === "memory"; ) all.push(new Array(1e5).fill(all.length));
  return rank.call(this, request);
};
`;

const folder = mkdtempSync(join(tmpdir(), "dinc-faults-"));
const requestOf = (user_id: string) => ({
  user: { user_id },
  history: { clicks: [{ item_id: "a" }, { item_id: "b" }] },
  candidates: [{ item_id: "a" }, { item_id: "c" }],
});

let server: HttpServer;
beforeAll(async () => {
  writeFileSync(join(folder, "shop.din"), SPEC);
  const { code, err } = await runHere(["compile", "shop.din", "--target", "server", "--out", "out"], {
    cwd: folder,
  });
  expect(code, err).toBe(0);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  appendFileSync(join(folder, "out/model.js"), FAULTS);
  // A small heap is soon full.
  const options = ["--port", "0", "--threads", "2", "--timeout", "2"];
  server = await HttpServer.start(
    ["--max-old-space-size=64", join(folder, "out/server.mjs"), ...options],
    folder,
  );
});
afterAll(() => {
  server.signal("SIGKILL");
  rmSync(folder, { recursive: true });
});

describe("a thread", () => {
  let told: number;
  let ended: number;
  beforeEach(async () => {
    told = server.log.length;
    ended = await server.metric("ranker_threads_ended_total");
  });

  /** Waits for the replacement, and compares what the server says of it. */
  async function expectReplaced(reason: string): Promise<void> {
    await until(() => server.log.length === told + 2);
    expect(server.log.slice(told).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "thread-ended", reason, ready: 1 },
      { event: "thread-replaced", ready: 2 },
    ]);
    expect(await server.get("/health")).toEqual({
      status: 200,
      body: { ready: true, degraded: false, threads: 2 },
    });
    expect(await server.metric("ranker_threads_ended_total")).toBe(ended + 1);
    expect(await server.metric("ranker_threads")).toBe(2);
  }

  test.each([
    ["exit", "it ended with code 3"],
    ["throw", "thrown later"],
    ["memory", "Worker terminated due to reaching memory limit: JS heap out of memory"],
  ])("that ends by %s is replaced, and its requests are answered", async (how, reason) => {
    const failed = await server.metric('ranker_requests_total{result="failed"}');
    const first = await server.post("/rank", requestOf("u1"));
    const users = ["u2", "u3", how, "u4", "u5", "u6"];
    const answers = await Promise.all(users.map((user) => server.post("/rank", requestOf(user))));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(how === "throw" ? -1 : 0);
    for (const { status, body } of refused) expect([status, body["error"]]).toEqual([503, "ThreadEnded"]);
    await expectReplaced(reason);
    expect(await server.metric('ranker_requests_total{result="failed"}')).toBe(failed + refused.length);
    expect(await server.post("/rank", requestOf("u1"))).toEqual(first);
  });

  test("that hangs is replaced when a request's time is over; meanwhile the health is degraded", async () => {
    const stuck = server.post("/rank", requestOf("loop"));
    const others = await Promise.all(["u1", "u2"].map((user) => server.post("/rank", requestOf(user))));
    expect(others.map(({ status }) => status)).toContain(200);
    expect(await stuck).toMatchObject({ status: 503, body: { error: "Timeout" } });
    await until(async () => (await server.get("/health")).body["degraded"] === true);
    await expectReplaced("it answered nothing for 2 s");
  });

  test("that ends takes no count with it that was read before", async () => {
    const requests = async () => Number((await server.get("/stats")).body["requests"]);
    const before = await requests();
    for (const user of ["u1", "u2", "u3"]) await server.post("/rank", requestOf(user));
    expect(await requests()).toBe(before + 3);
    await server.post("/rank", requestOf("exit"));
    await expectReplaced("it ended with code 3");
    await server.post("/rank", requestOf("u4"));
    expect(await requests()).toBe(before + 4);
  });
});

test("a body that never ends is refused, and its connection is closed", async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    "POST /rank HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
  );
  let answer = "";
  for await (const text of socket.setEncoding("utf8")) answer += text;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect((await server.post("/rank", requestOf("u1"))).status).toBe(200);
});

test("the page in a browser fills an example and ranks it, without an error", async () => {
  const { browser, close } = await openBrowser();
  try {
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
    });
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(server.url);
    await page.getByRole("button", { name: "POST /rank" }).click();
    const answer = page.locator("#answer");
    await answer.filter({ hasText: "scores" }).waitFor();
    const [, body] = /^200 (\{.*)$/s.exec((await answer.textContent())!)!;
    const request = JSON.parse(await page.inputValue("#request")) as { candidates: object[] };
    expect((JSON.parse(body!) as { scores: number[] }).scores).toHaveLength(request.candidates.length);
    await page.getByRole("button", { name: "POST /explain" }).click();
    await answer.filter({ hasText: "attentions" }).waitFor();
    expect(await page.title()).toBe("shop");
    expect(wrong).toEqual([]);
  } finally {
    await close();
  }
});
