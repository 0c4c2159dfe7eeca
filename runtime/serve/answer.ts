// Answers the body of a request by a ranker: text in, text out. A mistake of the caller is an answer that names the
// wrong field.

import { systemText } from "./errors.ts";
import type { ServedScores, ServingRanker } from "./ranker.ts";

export type RankingQuestion = "rank" | "explain";

export interface Answer {
  readonly result: "scored" | "wrong" | "refused" | "failed";
  readonly status: number;
  /** JSON. */
  readonly text: string;
  /** The number of candidates that were scored. */
  readonly candidates: number;
  /** The stack of a failure, for the log alone. */
  readonly failure?: string;
}

/** The body of every answer without scores. */
export interface Problem {
  readonly error: string;
  /** The path of the wrong value: `candidates[3].price`, or in a batch `[2].candidates[3].price`. */
  readonly field?: string;
  readonly message: string;
}

export function refusal(status: number, problem: Problem): Answer {
  const result = status === 503 ? "refused" : status >= 500 ? "failed" : "wrong";
  return { result, status, text: JSON.stringify(problem), candidates: 0 };
}

/** Scores the request in `body`, or each of a list of requests. */
export function answerTo(
  ranker: ServingRanker,
  question: RankingQuestion,
  body: string,
  maxCandidates: number,
): Answer {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (error) {
    return refusal(400, { error: "InvalidJson", message: systemText(error) });
  }
  if (question === "explain" && ranker.explain === undefined)
    return refusal(404, {
      error: "NotFound",
      message: "the model attends to no history, so there is nothing to explain",
    });
  const requests = Array.isArray(given) ? given : [given];
  const candidates = requests.reduce<number>((sum, request) => sum + candidatesIn(request), 0);
  if (candidates > maxCandidates)
    return refusal(413, {
      ...{ error: "TooManyCandidates", field: "candidates" },
      message: `candidates are ${candidates}, and this server takes at most ${maxCandidates}`,
    });
  const { model, run } = ranker.about;
  const answers: object[] = [];
  for (const [i, request] of requests.entries())
    try {
      answers.push(
        question === "rank" ? { scores: plain(ranker.rank(request)) } : explanation(ranker, request),
      );
    } catch (error) {
      return failedAt(Array.isArray(given) ? `[${i}]` : "", error);
    }
  const answer = Array.isArray(given) ? { model, run, answers } : { model, run, ...answers[0] };
  return { result: "scored", status: 200, text: JSON.stringify(answer), candidates };
}

function candidatesIn(request: unknown): number {
  const { candidates } = (request ?? {}) as { readonly candidates?: unknown };
  return Array.isArray(candidates) ? candidates.length : 0;
}

/** One list of scores, or one by label. */
function plain(scores: ServedScores): unknown {
  if (scores instanceof Float32Array) return Array.from(scores);
  return Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, Array.from(list)]));
}

function explanation(ranker: ServingRanker, request: unknown): object {
  const attentions = ranker.explain!(request).map(({ weights, ...about }) => ({
    ...about,
    weights: weights.map((each) => Array.from(each)),
  }));
  return { attentions };
}

/** `at` is the place of the request in a batch. */
function failedAt(at: string, error: unknown): Answer {
  if (!(error instanceof Error) || error.name !== "RankerInputError")
    return {
      ...refusal(500, FAILED),
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  const { field = "" } = error as { readonly field?: string };
  const dot = at === "" || field.startsWith("[") ? "" : ".";
  return refusal(400, {
    ...{ error: error.name, field: `${at}${dot}${field}`, message: `${at}${dot}${error.message}` },
  });
}

/** A failure of the server tells its caller nothing about the server. */
export const FAILED: Problem = {
  error: "InternalError",
  message: "the request failed; the server's log says why",
};

/** A request that was not scored within `timeout`. */
export const LATE = refusal(503, { error: "Timeout", message: "the request was not scored in time" });

/** A request whose thread ended, or that came when no thread could score. */
export const THREAD_ENDED: Answer = {
  ...refusal(503, {
    error: "ThreadEnded",
    message: "the thread that scores ended, and another one is started",
  }),
  result: "failed",
};
