// Rows scored in a thread of their own: the same scores in the order of the requests, and errors instead of waiting.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { memoryRowsOf } from "../../runtime/data/batches.ts";
import { readRows } from "../../runtime/data/read-data.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer, type openScoringThread } from "../../runtime/run/score-run.ts";
import { type ScoringStart, ScoringThread } from "../../runtime/run/scoring-thread.ts";
import { csv, Predicting, pasts } from "./predicting.ts";
import { root } from "./spawn.ts";

const predicting = new Predicting("wasm");
const SIZES = [3000, 1, 777];

// The worker is compiled JavaScript.
const compiled = async <T>(path: string) =>
  (await import(/* @vite-ignore */ pathToFileURL(join(root, "dist/runtime", path)).href)) as T;

describe("a thread that scores", () => {
  let open: typeof openScoringThread;
  let run: OpenRun;
  let pieces: MemoryRows[];

  beforeAll(async () => {
    await predicting.train("run", pasts.few);
    run = await openRun(predicting.at("run"));
    ({ openScoringThread: open } = await compiled<{ openScoringThread: typeof open }>("run/score-run.js"));
    pieces = await Promise.all(
      SIZES.map(async (rows) => {
        predicting.write(`${rows}.csv`, csv(rows));
        return memoryRowsOf(
          await readRows(run.model, run.run.fitted, predicting.at(`${rows}.csv`), { labels: "optional" }),
        );
      }),
    );
  });

  test("gives what is scored in place, also if several pieces are asked for at once", async () => {
    const [there, here] = [
      await open(run, await chooseBackend("wasm")),
      await openScorer(run, await chooseBackend("wasm")),
    ];
    const counts: number[] = [];
    const found = await Promise.all(pieces.map((piece) => there.score(piece, (rows) => counts.push(rows))));
    expect(found).toEqual(await Promise.all(pieces.map((piece) => here.score(piece))));
    expect(counts).toEqual([2048, 3000, 1, 777]);
    await Promise.all([there.close(), here.close()]);
  });

  test("is for engines that any thread can open, whose outcome it tells", async () => {
    const said: string[] = [];
    const onNativeCode = ({ kind }: { readonly kind: string }) => said.push(kind);
    const native = await open(run, await chooseBackend("native", { onNativeCode, threads: 1 }));
    await native.score(pieces[0]!);
    await native.close();
    expect(said).toEqual(["taken"]);
  });

  test("brings the worker's error, and goes on", async () => {
    const scorer = await open(run, await chooseBackend("wasm"));
    await expect(scorer.score({ ...pieces[0]!, ids: new Map() })).rejects.toThrow(TypeError);
    expect((await scorer.score(pieces[1]!)).get("click")).toHaveLength(1);
    await scorer.close();
  });

  test("ends with the error of a callback, and when it is closed or cannot start", async () => {
    const stop = () => {
      throw new Error("stop");
    };
    const scorer = await open(run, await chooseBackend("wasm"));
    const both = [scorer.score(pieces[0]!, stop), scorer.score(pieces[1]!)];
    for (const each of both) await expect(each).rejects.toThrow("stop");
    await scorer.close();
    const closed = await open(run, await chooseBackend("wasm"));
    const asked = expect(closed.score(pieces[0]!)).rejects.toThrow("closed");
    await closed.close();
    await asked;
    await expect(closed.score(pieces[0]!)).rejects.toThrow("closed");
    const absent = new ScoringThread(new URL("file:///absent/scoring-worker.js"), {} as ScoringStart, {});
    await expect(absent.score(pieces[0]!)).rejects.toThrow("absent");
    await absent.close();
  });
});
