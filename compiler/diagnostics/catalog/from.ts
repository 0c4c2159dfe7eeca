// Catalogue: trainings that continue an earlier one. Codes DIN0801–DIN0819 and DIN0609.

import { formatCount } from "../../common/format-count.ts";
import { option, options, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning } from "./define.ts";
import { shared } from "./helps.ts";

export const renamesNothing = defineError<{
  run: string;
  before: string;
  now: string;
  similar: string | null;
  names: readonly string[];
}>({
  code: "DIN0801",
  name: "renames-nothing",
  message: ({ run, before, now }) =>
    wording`\`${option("rename", `${before}=${now}`)}\`: ${run} has no feature, history, table or layer called \`${before}\``,
  help: ({ similar, names }) => (similar === null ? shared.available(names) : shared.didYouMean(similar)),
  explanation:
    "`--rename old=new` is for a part that had another name in the run from which the training continues: `--rename item=item_id`. It renames everything called `old`, and everything named after it, such as the table `item.weight`. Layers are named after the `let` or the prediction that contains them, as in weights.safetensors: `--rename interest=attention` renames `net.interest.dense_1`.",
});

export const renamedToNothing = defineError<{
  before: string;
  now: string;
  similar: string | null;
  names: readonly string[];
}>({
  code: "DIN0802",
  name: "renamed-to-nothing",
  message: ({ before, now }) =>
    wording`\`${option("rename", `${before}=${now}`)}\`: the spec has no feature, history, table or layer called \`${now}\``,
  help: ({ similar, names }) => (similar === null ? shared.available(names) : shared.didYouMean(similar)),
  explanation:
    "`--rename old=new` gives the weights that the run calls `old` to the part that the spec calls `new`. If the spec has no such name, the trained weights would be lost silently. Write the name that the spec has now.",
});

export const noEpochs = defineError<object>({
  code: "DIN0803",
  name: "no-epochs",
  message: () => "a training of 0 epochs has nothing to begin with but random weights",
  help: () => wording`train at least one epoch, or continue from a run with ${option("from")}`,
  explanation:
    "`train.epochs: 0` is for `dinc train --from RUN`: the new run has the weights of the old one, with rows for the ids of the new data and with the changes of the spec. Without --from, weights would be random.",
});

export const nothingFits = defineError<{ run: string; model: string; why: string }>({
  code: "DIN0804",
  name: "nothing-fits",
  message: ({ run, model, why }) => `no part of ${run} fits \`${model}\`: ${why}`,
  help: () => wording`name the renamed parts with ${option("rename")}, or train without ${option("from")}`,
  explanation:
    "A training that continues from a run takes tables and layers by their names and shapes. Here no row of a table and no layer fits. The training would begin with random weights, although its run says that it continued from another one. `dinc train --from RUN --explain` prints what happens to each part, and why.",
});

export const rowsOfOtherIds = defineError<{ folder: string; run: string; what: string }>({
  code: "DIN0805",
  name: "rows-of-other-ids",
  message: ({ folder, run, what }) => `the rows in ${folder} were prepared without ${run}: ${what} differ`,
  help: ({ folder, run }) =>
    `prepare them again: \`${shellCommand`dinc prepare --from ${run} --out ${folder} --force`}\``,
  explanation:
    "Prepared rows have the ids and the transformed numbers of their own preparation. A training that continues from a run needs that run's ids and transforms: known ids keep their numbers, new ones follow, and numbers are transformed as the weights expect. `dinc prepare --from RUN` writes such rows.",
});

export const nothingCounted = defineError<{ run: string; reason: string }>({
  code: "DIN0806",
  name: "nothing-counted",
  message: ({ run, reason }) => `no id can be removed: ${run} does not say how often ids occurred, ${reason}`,
  help: () =>
    wording`leave out ${option("evict.unseenDays")} and ${option("evict.below")} this time: the new run will have the counts`,
  explanation:
    "`--evict-unseen DAYS` and `--evict-below COUNT` remove ids from their vocabularies, depending on how often and when last they occurred in training rows. Each run of `dinc train` keeps these counts in state.safetensors. Runs of earlier versions, of `dinc import`, and those without that file do not have them.",
});

const WINDOW =
  "`data.since` and `data.until` choose training rows by the times of a column: those from `since` on and before `until`. Each is a time (`2026-11-26`, `2026-11-26T12:00Z`), a day that is counted from today (`today`, `yesterday`, `7 days ago`: its first instant), or a number for a column of numbers that are not times.";

export const windowWithoutTime = defineError<object>({
  code: "DIN0807",
  name: "window-without-time",
  message: () => "`data.since` and `data.until` need the column that has the time of each row",
  help: () => "name it: `time: COLUMN`",
  explanation: `${WINDOW} \`data.time\` names that column.`,
});

export const windowBackward = defineError<object>({
  code: "DIN0808",
  name: "window-backward",
  message: () => "no time is both at or after `data.since` and before `data.until`",
  help: () => "let `since` be earlier than `until`, which is not included itself",
  explanation: `${WINDOW} For the rows of one day, \`until\` is the next day.`,
});

export const windowEmpty = defineError<{
  time: string;
  since: string | null;
  until: string | null;
  rows: number;
  range: string;
}>({
  code: "DIN0809",
  name: "window-empty",
  message: ({ time, since, until, rows, range }) => {
    const from = since === null ? "" : ` from ${since} on`;
    const before = until === null ? "" : `${since === null ? "" : " and"} before ${until}`;
    return `no row is${from}${before}: \`${time}\` of its ${formatCount(rows)} rows is ${range}`;
  },
  help: () => "choose other times for `data.since` and `data.until`, or the file of that day",
  explanation: `${WINDOW} No row of the file is in that range. The message gives the times of its rows.`,
});

export const windowOfNumbers = defineError<{ time: string; bound: string }>({
  code: "DIN0810",
  name: "window-of-numbers",
  message: ({ time, bound }) => `\`${time}\` has times, and the number ${bound} cannot be compared with them`,
  help: () => "write a time, such as `since: 2026-11-26`",
  explanation: WINDOW,
});

export const windowOfTimes = defineError<{ time: string; bound: string; value: string }>({
  code: "DIN0811",
  name: "window-of-times",
  message: ({ time, bound, value }) =>
    `\`${time}\` has the number ${value}, which is not a time in any unit and cannot be compared with ${bound}`,
  help: () => "write a number for `data.since` and `data.until`, or name a column of times",
  explanation: `${WINDOW} Numbers are times where they count seconds, milliseconds, microseconds or nanoseconds since 1970 and are in the years 1990 to 2099.`,
});

export const eachWithoutWindow = defineError<object>({
  code: "DIN0812",
  name: "each-without-window",
  message: () => wording`\`${option("each")}\` needs \`data.since\`, the time from which to train`,
  help: () => "write `since: 2026-11-01`, with `time: COLUMN`",
  explanation: `\`dinc train --each day\` makes a run for each day from \`data.since\` on, one after the other, each from the run of the day before. It ends at \`data.until\`, if that is given. ${WINDOW}`,
});

const EACH =
  "`dinc train --each day` continues where the runs of its folder end. Each run has the rows of one period, and continues from the run before it.";

export const periodOfOther = defineError<{
  path: string;
  differences: readonly {
    readonly what: string;
    readonly there: string | null;
    readonly here: string | null;
  }[];
  since: string;
  from: string;
}>({
  code: "DIN0813",
  name: "period-of-another-training",
  message: ({ path, differences }) => {
    const texts = differences.slice(0, 5).map(({ what, there, here }) => {
      if (what === "spec") return "the spec has changed";
      return `\`${what}\` was ${there ?? "not given"} and is ${here ?? "not given"} now`;
    });
    const more = differences.length - texts.length;
    return `${path} was trained differently: ${texts.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  },
  help: ({ since, from }) =>
    wording`to continue from its weights, name another ${option("out")}, with \`${options({ from, set: `data.since=${since}` })}\`; to train all periods again, add ${option("force", true)}`,
  explanation: `${EACH} All of them have the same spec, settings, time zone and period, so that the metrics of one day can be compared with those of another. To change something, put the later runs in a folder of their own; the first of them continues from the last run here.`,
});

export const lateRows = defineWarning<{
  periods: readonly { readonly name: string; readonly rows: number; readonly trained: number | null }[];
  since: string;
}>({
  code: "DIN0814",
  name: "late-rows",
  message: ({ periods }) => {
    const all = periods.reduce((sum, { rows }) => sum + rows, 0);
    const texts = periods
      .slice(0, 5)
      .map(({ name, rows, trained }) =>
        trained === null
          ? `${formatCount(rows)} of ${name}, which has no run`
          : `${formatCount(rows)} of ${name}, trained with ${formatCount(trained)}`,
      );
    const more = periods.length - texts.length;
    const rest = more > 0 ? `; and of ${more} more periods` : "";
    return `${rowsText(all)} came too late for the runs of their periods, and ${all === 1 ? "is" : "are"} in no run: ${texts.join("; ")}${rest}`;
  },
  help: ({ since }) =>
    wording`to train them, and all later periods, again: \`${options({ force: true, set: `data.since=${since}` })}\``,
  explanation: `${EACH} Rows that arrive late, for a period before the last run, are in no run, because weights cannot go back. Every call says how many such rows there are. If they matter, train again from their period on, or give the log more time before a period is trained: a period counts as over as soon as the log has a later row.`,
});

export const otherRows = defineError<{
  name: string;
  trained: number;
  rows: number;
  since: string;
  until: string;
}>({
  code: "DIN0815",
  name: "period-of-other-rows",
  message: ({ name, trained, rows }) =>
    `${name} was trained with ${rowsText(trained)}, and the log has ${formatCount(rows)} of it now${trained === rows ? ", with other times" : ""}`,
  help: ({ since, until }) =>
    wording`for another log, name another ${option("out")}; if old rows leave the log, begin after them: \`${option("set", `data.since=${until}`)}\`; to train this period and all later ones again: \`${options({ force: true, set: `data.since=${since}` })}\``,
  explanation: `${EACH} A run knows how many rows its period had, and their times. The log must have all of these rows or none. If some are gone or have other times, it is another log, or it was rewritten, and the runs do not belong to it.`,
});

export const rowsBetween = defineError<{ rows: number; path: string; until: string; since: string }>({
  code: "DIN0816",
  name: "rows-between-periods",
  message: ({ rows, path, until, since }) =>
    `${rowsText(rows)} from ${until}, where ${path} ends, to ${since}, the value of \`data.since\`, would be in no run`,
  help: ({ until }) =>
    `set \`data.since\` to ${until} or earlier; periods that have a run are not trained again`,
  explanation: `${EACH} Rows between the last run and \`data.since\` could not be trained later, because weights do not go back. A \`since\` that never changes, such as \`2026-11-01\`, leaves no such gap.`,
});

export const periodBegunAnew = defineWarning<{ path: string; differs: string }>({
  code: "DIN0817",
  name: "period-begun-anew",
  message: ({ path, differs }) => `the training of ${path} was interrupted, and starts again: ${differs}`,
  explanation: `${EACH} A training that was interrupted continues from its checkpoint. If the log has more rows since then, or anything else has changed, the checkpoint is not used and the period is trained from its first step. The weights are still those of an uninterrupted training.`,
});

export const eventsNeverTrained = defineWarning<object>({
  code: "DIN0609",
  name: "events-never-trained",
  message: () =>
    "each user's last event in the log is a test row of the periods that are trained now, and no later period trains on it",
  help: () =>
    "write `examples: { split: none }` under `data` of dinc.yaml: then all events are trained on, and each period is a test of the run before it",
  explanation: `${EACH} With \`split: leave_last_out\` each call of \`--each\` keeps the last event that a user has at that time as a test row. If a log is read day by day, each user loses one event on each day with events of that user.`,
});

export const brokenChain = defineError<{ path: string; last: string; since: string }>({
  code: "DIN0818",
  name: "period-beside-the-chain",
  message: ({ path, last }) => `${last} did not continue from ${path}, which is in the same folder`,
  help: ({ since }) =>
    wording`train the later periods again: \`${options({ force: true, set: `data.since=${since}` })}\`; or remove the runs that do not belong to the others`,
  explanation: `${EACH} One of these runs was trained again, or copied here, after the later ones, so those continue from a different run.`,
});

export const valuesChanged = defineWarning<{ names: readonly string[]; since: string }>({
  code: "DIN0819",
  name: "rows-changed-since",
  message: ({ names }) =>
    `values of rows that were already trained have changed in the log: in ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more periods` : ""}`,
  help: ({ since }) =>
    wording`to train with them, and all later periods again: \`${options({ force: true, set: `data.since=${since}` })}\``,
  explanation: `${EACH} A run keeps a digest of the values that the model reads from the rows of its period. The number of rows and their times are unchanged, but other values have changed: for example, labels were corrected.`,
});

function rowsText(rows: number): string {
  return `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`;
}
