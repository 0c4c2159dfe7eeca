// Catalogue: trainings that go on from an earlier one. Codes DIN0801–DIN0819.

import { shellCommand } from "../../common/shell.ts";
import { defineError } from "./define.ts";
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
    `\`--rename ${before}=${now}\`: ${run} has no feature, history, table or layer called \`${before}\``,
  help: ({ similar, names }) => (similar === null ? shared.available(names) : shared.didYouMean(similar)),
  explanation:
    "`--rename old=new` says what something is called now that was called otherwise in the run that the training goes on from: `--rename item=item_id`. It renames whatever is called `old`, and all that is called after it, such as the table `item.weight`. Layers are called after the `let` or the prediction that they stand in, as in weights.safetensors: `--rename interest=attention` renames `net.interest.dense_1`.",
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
    `\`--rename ${before}=${now}\`: the spec has no feature, history, table or layer called \`${now}\``,
  help: ({ similar, names }) => (similar === null ? shared.available(names) : shared.didYouMean(similar)),
  explanation:
    "`--rename old=new` gives what the run calls `old` to what the spec calls `new`. Without anything of that name, what was trained would be lost without a word. Write the name that the spec has now.",
});

export const noEpochs = defineError<object>({
  code: "DIN0803",
  name: "no-epochs",
  message: () => "a training of 0 epochs has nothing to begin with but random weights",
  help: () => "train at least one epoch, or go on from a run with --from",
  explanation:
    "`train.epochs: 0` is for `dinc train --from RUN`: the new run has the weights of the old one, with rows for the ids of the new data and with what the spec changed. Without --from, weights would be random.",
});

export const nothingFits = defineError<{ run: string; model: string; why: string }>({
  code: "DIN0804",
  name: "nothing-fits",
  message: ({ run, model, why }) => `nothing that was trained in ${run} fits \`${model}\`: ${why}`,
  help: () => "name what was called otherwise with --rename, or train without --from",
  explanation:
    "A training that goes on from a run takes tables and layers by their names and shapes. Here no table has a row, and no layer has weights, that could be taken. Such a training would begin with random weights while its run says that it went on from another one. `dinc train --from RUN --explain` prints what becomes of each part, and why.",
});

export const rowsOfOtherIds = defineError<{ folder: string; run: string; what: string }>({
  code: "DIN0805",
  name: "rows-of-other-ids",
  message: ({ folder, run, what }) =>
    `the rows in ${folder} were prepared without ${run}: ${what} are others`,
  help: ({ folder, run }) =>
    `prepare them again: \`${shellCommand`dinc prepare --from ${run} --out ${folder} --force`}\``,
  explanation:
    "Prepared rows have the ids and the transformed numbers of their own preparation. A training that goes on from a run needs the run's own: known ids at their places with new ones after them, and numbers transformed as the weights know them. `dinc prepare --from RUN` writes such rows.",
});

export const nothingCounted = defineError<{ run: string; reason: string }>({
  code: "DIN0806",
  name: "nothing-counted",
  message: ({ run, reason }) =>
    `no id can be taken out: ${run} does not tell how often ids were met, ${reason}`,
  help: () => "leave out --evict-unseen and --evict-below this time: the new run will tell",
  explanation:
    "`--evict-unseen DAYS` and `--evict-below COUNT` take ids out of their vocabularies by how often, and when last, trainings met them. Each run of `dinc train` keeps that in state.safetensors. Runs of earlier versions, of `dinc import`, and those without that file do not.",
});

const WINDOW =
  "`data.since` and `data.until` choose training rows by the times of a column: those from `since` on and before `until`. Each is a time (`2026-11-26`, `2026-11-26T12:00Z`), a day that is counted from today (`today`, `yesterday`, `7 days ago`: its first instant), or a number for a column of numbers that are no times.";

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
  message: () => "no time is from `data.since` on and before `data.until`",
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
    return `no row is${from}${before}: \`${time}\` of its ${rows.toLocaleString("en")} rows is ${range}`;
  },
  help: () => "choose other times for `data.since` and `data.until`, or the file of that day",
  explanation: `${WINDOW} No row of the file is in that time. The message says which times there are.`,
});

export const windowOfNumbers = defineError<{ time: string; bound: string }>({
  code: "DIN0810",
  name: "window-of-numbers",
  message: ({ time, bound }) => `\`${time}\` has times, with which the number ${bound} cannot be compared`,
  help: () => "write a time, like `since: 2026-11-26`",
  explanation: WINDOW,
});

export const windowOfTimes = defineError<{ time: string; bound: string; value: string }>({
  code: "DIN0811",
  name: "window-of-times",
  message: ({ time, bound, value }) =>
    `\`${time}\` has the number ${value}, which is no time in any unit, and cannot be compared with ${bound}`,
  help: () => "write a number for `data.since` and `data.until`, or name a column of times",
  explanation: `${WINDOW} Numbers are times where they count seconds, milliseconds, microseconds or nanoseconds since 1970 and are in the years 1990 to 2099.`,
});

export const eachWithoutWindow = defineError<object>({
  code: "DIN0812",
  name: "each-without-window",
  message: () => "`--each` needs `data.since` and `data.until` as times: from when, and until when, to train",
  help: () => "write both: `since: 2026-11-01` and `until: today`, with `time: COLUMN`",
  explanation: `\`dinc train --each day\` makes a run of each day from \`data.since\` to \`data.until\`, one after the other, each from the run of the day before. ${WINDOW}`,
});
