// The options that belong to `--from`.

import { UsageError } from "../../compiler/common/usage-error.ts";
import type { NewIds } from "../../compiler/train/from/earlier.ts";
import type { ContinueOptions } from "../driver/from.ts";

export interface FromCommandOptions {
  readonly from?: string;
  readonly rename?: readonly string[];
  readonly newIds?: NewIds;
  readonly freshOptimizer?: boolean;
  readonly refit?: boolean;
  readonly evictUnseen?: number;
  readonly evictBelow?: number;
  /** False for `--no-test-first`. */
  readonly testFirst?: boolean;
}

/** The options for the driver. Throws UsageError for an option that needs `--from`. */
export function continueOptions(options: FromCommandOptions): ContinueOptions {
  const { from, rename = [], newIds, freshOptimizer, refit, evictUnseen, evictBelow, testFirst } = options;
  if (from === undefined) {
    const said = saidOf(options);
    if (said === null) return {};
    throw new UsageError(`${said} applies to a run that the training continues from: name it with --from`);
  }
  const evict = withoutUndefined({ unseenDays: evictUnseen, below: evictBelow });
  return {
    from,
    rename: renamesOf(rename),
    ...withoutUndefined({ newIds, freshOptimizer, refit, testFirst }),
    ...(Object.keys(evict).length === 0 ? {} : { evict }),
  };
}

/** Removes entries whose value is undefined. */
export function withoutUndefined<T extends object>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Reads repeated `old=new` into an object from old names to new ones. */
function renamesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((text) => {
      const [before = "", now = "", ...more] = text.split("=").map((name) => name.trim());
      if (before === "" || now === "" || more.length > 0)
        throw new UsageError(`--rename ${text}: write --rename old=new`);
      return [before, now];
    }),
  );
}

function saidOf(options: FromCommandOptions): string | null {
  const said = {
    "--rename": (options.rename ?? []).length > 0,
    "--new-ids": options.newIds === "unknown",
    "--fresh-optimizer": options.freshOptimizer === true,
    "--refit": options.refit === true,
    "--evict-unseen": options.evictUnseen !== undefined,
    "--evict-below": options.evictBelow !== undefined,
    "--no-test-first": options.testFirst === false,
  };
  return Object.entries(said).find(([, isSaid]) => isSaid)?.[0] ?? null;
}
