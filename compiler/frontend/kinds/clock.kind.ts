// `hour(zone: "Europe/Berlin")`, `weekday`, `hour_of_week`, `month`: parts of a zone's local time, as ids.

import { invariant } from "../../common/internal-error.ts";
import { isTimeZone, TimeZone, zoneOffsets } from "../../common/time-zone.ts";
import { badOptionValue } from "../../diagnostics/catalog/model.ts";
import type { FeatureKind } from "../model/model.ts";
import type { KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { defineIdKind, type IdKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { badOption, option, rejectOptions } from "./options.ts";

const ZONE = 'the IANA name of a time zone, like `zone: "Europe/Berlin"`';
const TIMES = "ISO 8601 with its UTC offset, or seconds or milliseconds since 1970";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** A Monday. */
const YEAR_BEGINS = Date.UTC(2024, 0, 1) / 1000;

export const hour = defineIdKind("hour", {
  ...shown("hour", "The hour, 0 to 23,", 24, HOUR),
  read: (reference, reporter) => named(reference, reporter, (zone) => ({ kind: "hour", zone })),
});

export const weekday = defineIdKind("weekday", {
  ...shown("weekday", "The day of the week, Monday first,", 7, DAY),
  read: (reference, reporter) => named(reference, reporter, (zone) => ({ kind: "weekday", zone })),
});

export const hourOfWeek = defineIdKind("hour_of_week", {
  ...shown("hour_of_week", "The hour of the week, Monday's first,", 168, HOUR),
  read: (reference, reporter) => named(reference, reporter, (zone) => ({ kind: "hour_of_week", zone })),
});

export const month = defineIdKind("month", {
  ...shown("month", "The month", 12, (366 / 12) * DAY),
  read: (reference, reporter) => named(reference, reporter, (zone) => ({ kind: "month", zone })),
});

type Clock = Extract<FeatureKind, { readonly zone: string }>;

/** `size` ids; each lasts `step` seconds, and months about as long. */
function shown(
  name: Clock["kind"],
  shows: string,
  size: number,
  step: number,
): Omit<IdKind<Clock>, "gives" | "read"> {
  return {
    keyword: name,
    options: ["zone"],
    form: `${name}(zone: "Europe/Berlin")`,
    doc: `${shows} that the clocks of \`zone\` show at a time: ${TIMES}. A value that is not a time from 1990 to 2099 is an error.`,
    takes: "times",
    manyToOne: true,
    rawType: () => "string | number | bigint | Date",
    rawDoc: ({ zone }) => `A time, as the clocks of ${zone} show it: ${TIMES}.`,
    size: () => size,
    space: (serve, { zone }) => {
      const { changes, offsets } = zoneOffsets(zone);
      return new serve.ClockIds(name, changes, offsets);
    },
    code: ({ zone }) => {
      const { changes, offsets } = zoneOffsets(zone);
      return call("ClockIds", name, changes, offsets);
    },
    learn: null,
    outsiders: null,
    valueAt: ({ zone }, _learned, index, nth) => {
      // No clock changes in the first days of a year, and in the middle of a month it does not matter.
      const [instant] = new TimeZone(zone).instants(YEAR_BEGINS + (index + 1 / 2) * step);
      invariant(instant !== undefined, `the clocks of ${zone} skip the ${name} ${index}`);
      return new Date(instant * 1000 + nth).toISOString();
    },
    // Every time has an id.
    unknownValue: (_kind, _learned, chance) => YEAR_BEGINS + HOUR * chance.integer(10_000),
  };
}

/** Null if a mistake was reported. */
function named<K extends Clock>(
  reference: KindReference,
  reporter: Reporter,
  make: (zone: string) => K,
): K | null {
  const zone = readZone(reference, reporter);
  return zone === null ? null : make(zone);
}

/** Null if a mistake was reported. */
function readZone(reference: KindReference, reporter: Reporter): string | null {
  if (!rejectOptions(reference, ["zone"], reporter)) return null;
  const of = reference.name.name;
  const zone = option(reference, "zone");
  if (zone === undefined) {
    const { span, name } = reference;
    reporter.report(badOptionValue, { option: "`zone`", of, expected: ZONE, got: "nothing" }, span, {
      fixes: [
        { title: 'say `zone: "UTC"`', isGuess: true, edits: [{ span, text: `${name.name}(zone: "UTC")` }] },
      ],
    });
    return null;
  }
  const { value } = zone;
  return value.kind === "string" && isTimeZone(value.value)
    ? value.value
    : badOption(zone, of, ZONE, reporter);
}
