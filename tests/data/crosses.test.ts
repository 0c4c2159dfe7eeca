// Crosses: ids from those of their parts, the same in training and in generated code, which does not ask for them.

import { describe, expect, it } from "vitest";
import { crossId } from "../../compiler/serve/hashing.ts";
import { compiled } from "../serve/compiled.ts";
import { wholeWay } from "../support/whole-way.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const SPEC = `model crossed
features user {
  user_id : id(min_count: 2)
  age     : number |> buckets(18, 60)
}
features item {
  item_id  : id  embed 2
  cate_id  : id
  affinity : cross(user_id, cate_id, hash: 1_000)  embed 2
  suited   : cross(age, cate_id, item_id, hash: 7)
}
label click : binary
net { predict click = weight(suited) + (concat(item_id, affinity) |> dense(1)) |> sigmoid }
`;

const ROWS = ["user_id,age,item_id,cate_id,click", "u,20,a,x,1", "u,70,b,y,0", "rare,20,a,x,0", "u,20,b,x,1"];

describe("a cross", () => {
  it("has the hash of its parts' ids, and is unknown where one of them is", async () => {
    const folder = new TestFolder();
    const data = rowsOf(folder.csv("train.csv", ...ROWS), {
      test: folder.csv("test.csv", ROWS[0]!, "u,5,b,x,1", "new,5,b,x,1", "u,5,b,new,1"),
    });
    const model = modelOf(SPEC);
    const { train, test, fitted } = await readTraining(model, data);
    const cate = (value: string) => 2 + fitted.vocabularies.get("cate_id")!.indexOf(value);
    const [x, y] = [cate("x"), cate("y")];
    const pair = (a: number, b: number) => crossId(1000, a, b);
    expect([...train.ids.get("affinity")!]).toEqual([pair(2, x), pair(2, y), 1, pair(2, x)]);
    expect([...test!.ids.get("affinity")!]).toEqual([pair(2, x), 1, 1]);
    const [age, item] = [train.ids.get("age")!, train.ids.get("item_id")!];
    expect([...train.ids.get("suited")!]).toEqual(
      [0, 1, 2, 3].map((row) => crossId(7, age[row]!, row === 1 ? y : x, item[row]!)),
    );
    const again = await readSplit(model, fitted, data, "train");
    expect([...again!.ids.get("affinity")!]).toEqual([...train.ids.get("affinity")!]);
    expect(fitted.vocabularies.has("affinity")).toBe(false);
  });

  it("goes the whole way: generated code scores the rows as training does", async () => {
    const { comparison, opened } = await wholeWay(SPEC, { "train.csv": `${ROWS.join("\n")}\n` });
    expect(comparison).toMatchObject({ rows: 4, beyondTolerance: 0, withUnknown: 1 });
    expect(opened.tables.get("affinity")!.spec.rows).toBe(1002);
    expect(opened.tables.get("suited.weight")!.spec.rows).toBe(9);
  });

  it("is computed for rows made from an event log", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t",
      ...["a", "b", "c"].flatMap((item, t) => [`u,${item},${t}`, `v,${item},${t}`]),
    );
    const items = folder.csv("items.csv", "item_id,cate_id", "a,x", "b,y", "c,x", "d,y", "e,x");
    const users = folder.csv("users.csv", "user_id,age", "u,20", "v,70");
    const config = { ...eventsOf(log, items), users: { path: users, key: "user_id" } };
    const { train } = await readTraining(modelOf(SPEC), config);
    const [user, cate, affinity] = ["user_id", "cate_id", "affinity"].map((name) => train.ids.get(name)!);
    expect(train.rows).toBeGreaterThan(0);
    for (let row = 0; row < train.rows; row++) {
      expect(affinity![row]).toBe(crossId(1000, user![row]!, cate![row]!));
      expect(affinity![row]).toBeGreaterThan(1);
    }
  });
});

describe("generated code", () => {
  it("has the parts of a cross as inputs, including those that nothing else reads, but not the cross", async () => {
    const { files, ranker } = await compiled(SPEC);
    const text = files.get("model.ts") as string;
    const candidate = /export interface Candidate \{([^}]*)\}/.exec(text)![1]!;
    const user = /export interface User \{([^}]*)\}/.exec(text)![1]!;
    expect(candidate).toMatch(/readonly cate_id: RawId/);
    expect(user).toMatch(/readonly user_id: RawId/);
    expect(text).not.toMatch(/affinity\??:/);
    const request = { user: { user_id: "1", age: 20 }, candidates: [{ item_id: "1", cate_id: "1" }] };
    ranker.rank(request);
    expect(() => ranker.rank({ ...request, user: { age: 20 } })).toThrow("user.user_id is missing");
    expect(() => ranker.rank({ ...request, candidates: [{ item_id: "1" }] })).toThrow(
      "candidates[0].cate_id is missing",
    );
  });

  it("computes a user's part once for all calls of a session", async () => {
    const { ranker } = await compiled(SPEC);
    const candidates = Array.from({ length: 700 }, (_, i) => ({ item_id: i % 40, cate_id: i % 7 }));
    const [first, second] = [3, 4].map((user_id) => ({ user: { user_id, age: 30 }, candidates }));
    const [a, b] = [ranker.user(first), ranker.user(second)];
    expect(a.rank(candidates)).toEqual(ranker.rank(first));
    expect(b.rank(candidates)).toEqual(ranker.rank(second));
    expect(a.rank(candidates)).toEqual(ranker.rank(first));
    expect(a.rank(candidates)).not.toEqual(b.rank(candidates));
  });
});
