// Sessions share one memory: in whatever order they are used, each gives bit for bit what it gives alone.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import "../../support/webassembly.ts";
import { runs } from "../../support/how-often.ts";
import { byLabel, type Compiled, compiled, type Ranker, type Scores, type Session } from "../compiled.ts";
import { specs } from "../specs.ts";
import { zoo } from "./zoo.ts";

const USERS = 6;
const models = {
  din: specs.din,
  "several histories": specs["several histories"],
  "several labels": specs["several labels"],
  dien: new Map(zoo).get("dien")!,
};

/** A use of user `user`: of a session that is there from the start, of a new one, or of none. */
interface Use {
  readonly user: number;
  readonly with: number;
  readonly how: "session" | "new session" | "ranker";
}
const uses: fc.Arbitrary<readonly Use[]> = fc.array(
  fc.record({
    user: fc.nat(USERS - 1),
    with: fc.nat(USERS - 1),
    how: fc.constantFrom("session", "session", "session", "new session", "ranker"),
  }),
  { minLength: 2, maxLength: 25 },
);

describe.each(Object.entries(models))("%s", (_, spec) => {
  let subject: Compiled;
  let requests: RawRequest[];
  beforeAll(async () => {
    subject = await compiled(spec);
    const sampler = new RequestSampler(
      subject.trained.model,
      subject.trained.fitted,
      Random.of(4, "sessions"),
    );
    requests = Array.from({ length: USERS }, (_, i) =>
      sampler.make({
        candidates: [1, 3, 40, 7, 130, 300][i]!,
        steps: (max) => Math.min(max, i * i),
        unseen: 0.1,
      }),
    );
  });

  test.each(["auto", "simd", "typescript"] as const)("%s", async (backend) => {
    const newRanker = () => subject.module.createRanker({ weights: subject.weights, backend });
    const logits = (scores: Scores) => [...byLabel(subject, scores)];
    // What each user's session gives for each list of candidates when there is nobody else.
    const alone = await Promise.all(
      requests.map(async (request) => {
        const session = (await newRanker()).user(request);
        return requests.map(({ candidates }) => logits(session.logits(candidates)));
      }),
    );
    const ranker: Ranker = await newRanker();
    const sessions: Session[] = requests.map((request) => ranker.user(request));
    fc.assert(
      fc.property(uses, (sequence) => {
        for (const { user, with: other, how } of sequence) {
          const { candidates } = requests[other]!;
          const request = { ...requests[user]!, candidates };
          const scores = {
            session: () => sessions[user]!.logits(candidates),
            "new session": () => ranker.user(request).logits(candidates),
            ranker: () => ranker.logits(request),
          }[how]();
          expect(logits(scores)).toEqual(alone[user]![other]);
        }
      }),
      { numRuns: runs(8) },
    );
  });
});
