"""Impression logs: docs/impressions.md, docs/settings.md (`data.impressions`), docs/data.md ("Validation and test rows").

A row's histories have the events of its user that are as `where` says and earlier than the row, by `delay` and `window`, and no
repetitions within `gap`: the latest `max`, in the order of their times, and of files and rows where these are equal. What rows
and events do not have themselves is read from tables, as of their time. A `time` that no column has is the time of the row, or of
the event. Rows that are kept aside are in one part alone.
"""

from math import ceil, floor

from event_log import NAMES, ZONES, fits, kind_of
from project import Kind, Path, Project, Row, differences, encoded, vocabularies, wrong_vocabularies
from tables import Clock, Table, moment, written

EVENTS = ["click", "cart", "view"]
SPANS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


class Impressions:
    def __init__(self, random):
        self.random = random
        self.places = []
        while True:
            self.draw()
            if sum(not self.is_bad(row) for row in self.shown["train"]) > 0:
                return

    def chance(self, probability):
        return self.random.random() < probability

    def draw(self):
        random = self.random
        self.is_time = self.chance(0.8)
        self.unit = random.choice(list(SPANS)) if self.is_time else None
        self.base = random.choice([1_774_740_000, 1_792_880_000]) * 1_000_000 if self.is_time else 0
        self.is_fine = self.is_time and self.chance(0.3)
        self.span = random.choice([3, 10, 40])
        self.skips = self.chance(0.25)
        self.users = random.choice(NAMES)[: random.randint(1, 6)]
        self.items = random.choice(NAMES)[: random.randint(1, 8)]
        self.aside = self.asides()
        if any("by" in each for each in self.aside.values()):
            self.users = random.choice(NAMES)
        self.make_model()
        self.make_rows()
        self.make_tables()
        self.make_settings()

    def instant(self):
        if not self.is_time:
            return self.random.randint(-self.span, self.span)
        fine = self.random.choice([0, 0, 1, -1]) if self.is_fine else 0
        return self.base + self.random.randint(0, self.span) * SPANS[self.unit] + fine

    def asides(self):
        """`validate` and `hold_out`."""
        if self.chance(0.6):
            return {}
        ways = [{"by": "user_id"}, {"latest_by": "shown_at"}, {"rows": "random"}, {"rows": "last"}]
        names = self.random.choice([["validate"], ["hold_out"], ["hold_out", "validate"]])
        return {name: {"share": self.random.choice([0.25, 0.4]), **self.random.choice(ways)} for name in names}

    def make_model(self):
        random = self.random
        # Where a feature is read from: columns of rows and logs, a table, or one of the state at a time.
        self.priced = random.choice(["column", "table", "as_of"])
        self.has_age = self.chance(0.5)
        features = {"user_id": Kind("id", "user_id", random.choice([1, 2]))}
        if self.has_age:
            features["age"] = Kind("number", default=3.5)
        features["item_id"] = Kind("id", "item_id", random.choice([1, 1, 2, 3]))
        features["price"] = Kind("number", default=1.5)
        features["cate_id"] = Kind("id", "cate_id", random.choice([1, 2]))
        features["tags"] = Kind("set", "tags", max=2)
        features["n"] = Kind("number")
        has_now = self.is_time and self.chance(0.5)
        if has_now:
            features["now"] = Kind("time")
        if self.is_time and self.chance(0.2):
            features["clock"] = Kind("hour", zone=random.choice(["Europe/Berlin", "Asia/Kolkata"]))
        histories = {}
        for name in random.sample(["clicks", "carts", "orders"], random.randint(1, 3)):
            fields = {"item_id": features["item_id"]}
            for each in ("price", "cate_id", "tags"):
                if self.chance(0.4):
                    fields[each] = features[each]
            fields[f"{name}_m"] = Kind("number")
            if self.chance(0.5):
                fields[f"{name}_act"] = Kind("id", f"{name}.{name}_act", random.choice([1, 2]))
            if has_now:
                fields[f"{name}_at"] = Kind("time")
            histories[name] = (random.randint(1, 5), fields)
        scopes = {
            "user": [name for name in ("user_id", "age") if name in features],
            "item": ["item_id", "price", "cate_id", "tags"],
            "context": [name for name in ("n", "now", "clock") if name in features],
        }
        self.project = Project(features, scopes, histories, {"click": "binary"})

    def event(self, number):
        """A row, or an event of a log: what either may have."""
        random, at = self.random, self.instant()
        event = {
            "n": number,
            "user_id": random.choice(self.users),
            "item_id": random.choice(self.items),
            "shown_at": at,
        }
        if self.chance(0.1):
            event["user_id"] = None
        event |= {"event": random.choice(EVENTS), "rating": random.randint(1, 5), "score": random.randint(0, 8) / 2}
        event |= {"done": self.chance(0.5), "click": random.randint(0, 1), "now": at, "clock": at}
        event |= {"price": random.choice([None, 0.5, 1234.25]), "cate_id": random.choice(["x", "y", None])}
        event |= {"tags": random.choice([[], ["p"], ["q", "p"], ["r", "p", "q"]])}
        for name in self.project.histories:
            event |= {f"{name}_m": number + 0.5, f"{name}_act": random.choice(["go", "no", None]), f"{name}_at": at}
        if self.skips and self.chance(0.08):
            needed = ["shown_at", "shown_at", "click", *(f"{name}_m" for name in self.project.histories)]
            event[random.choice(needed)] = None
        return event

    def make_rows(self):
        random = self.random
        parts = ["train"]
        if not self.aside:
            parts += random.choice([[], ["test"], ["valid", "test"]])
        self.shown = {}
        number = 0
        for part in parts:
            count = random.randint(20, 60) if self.aside else random.randint(2, 20)
            self.shown[part] = []
            for _ in range(count):
                self.shown[part].append(self.event(number))
                number += 1
                if self.chance(0.1):
                    self.shown[part].append(self.shown[part][-1] | {"n": number})
                    number += 1
        self.logs = {}
        if self.chance(0.6):
            self.logs["log"] = [self.event(1000 + i) for i in range(random.randint(1, 60))]
        for name in self.project.histories:
            if self.chance(0.25):
                self.logs[name] = [self.event(2000 + i) for i in range(random.randint(1, 30))]

    def make_tables(self):
        random = self.random
        self.clocks = {}
        project = self.project

        def columns(table, rows, names):
            kinds = {
                "n": "int",
                "user_id": kind_of(self.users),
                "item_id": kind_of(self.items),
                "event": "text",
                "rating": "int",
            }
            kinds |= {
                "score": "number",
                "done": "bool",
                "click": "int",
                "price": "number",
                "cate_id": "text",
                "tags": "texts",
            }
            found = {}
            for name in names:
                if name.endswith("_m"):
                    found[name] = "number"
                elif name.endswith("_act"):
                    found[name] = "text"
                elif name in kinds:
                    found[name] = kinds[name]
                else:
                    found[name] = self.clock(rows, name, name == "shown_at" and not self.aside)
            self.clocks[table] = found["shown_at"]
            return found

        own = [each for _, fields in project.histories.values() for each in fields if each not in project.features]

        def without_times(names):
            """Some of the columns that say again when a row or an event was."""
            return [name for name in names if not (name == "now" or name.endswith("_at") and name in own) or self.chance(0.5)]

        bound = ["item_id", "cate_id", "tags", *(["price"] if self.priced == "column" else [])]
        times = [name for name in ("now", "clock") if name in project.features]
        shared = ["user_id", *bound, "shown_at", "event", "rating", "score", "done", *own]
        all_rows = [row for rows in self.shown.values() for row in rows]
        of_rows = columns("rows", all_rows, without_times(["n", *shared, "click", *times]))
        kind = random.choice(["csv", "json", "parquet"])
        project.tables = [Table(part, of_rows, rows, kind) for part, rows in self.shown.items()]
        for name, rows in self.logs.items():
            project.tables.append(Table(f"{name} log", columns(name, rows, without_times(shared)), rows))
        self.prices = [
            {"key": item, "price": random.choice([None, 2.5, 0.25]), "since": at}
            for item in random.sample(self.items, random.randint(1, len(self.items)))
            for at in ({self.instant() for _ in range(random.randint(1, 4))} if self.priced == "as_of" else [None])
        ]
        random.shuffle(self.prices)
        if self.priced != "column":
            found = {"key": kind_of(self.items), "price": "number"}
            if self.priced == "as_of":
                found["since"] = self.clocks["prices"] = self.clock(self.prices, "since", True)
            project.tables.append(Table("prices", found, self.prices))
        self.ages = {
            user: random.choice([None, 4.5, 30.0])
            for user in random.sample(self.users, random.randint(1, len(self.users)))
        }
        if self.has_age:
            rows = [{"user_id": user, "age": age} for user, age in self.ages.items()]
            project.tables.append(Table("people", {"user_id": kind_of(self.users), "age": "number"}, rows))

    def clock(self, rows, name, is_zoned):
        """How a column writes its times. Without a zone a clock is that of UTC."""
        if not self.is_time:
            return "int"
        instants = [row[name] for row in rows if row[name] is not None] or [self.base]
        return Clock.random(self.random, instants, self.random.choice(ZONES) if is_zoned else None)

    def spans(self):
        """`delay`, `window` and `gap`, where they are said."""
        found = {}
        for name in ("delay", "window", "gap"):
            if self.chance(0.35):
                count = self.random.randint(0, max(1, self.span // 2))
                found[name] = f"{count} {self.unit}" if self.is_time else count
        return found

    def make_settings(self):
        random = self.random
        self.common = self.spans()
        self.pasts = {}
        impressions = {"user": "user_id", "time": "shown_at", "item": "item_id", **self.common}
        zones = {name: clock.zone for name, clock in self.clocks.items() if isinstance(clock, Clock)}

        def zoned(settings, name):
            return settings | (
                {"time_zone": zones[name] or "UTC"} if name in zones and (zones[name] or zones["rows"]) else {}
            )

        impressions = zoned(impressions, "rows")
        if "log" in self.logs:
            impressions["log"] = zoned({"path": Path("log log")}, "log")
        chosen = {}
        for name in self.project.histories:
            past = self.spans() | ({"where": self.where()} if self.chance(0.7) else {})
            self.pasts[name] = self.common | past
            if name in self.logs:
                past = zoned(past | {"log": Path(f"{name} log")}, name)
            chosen[name] = past
        if any(chosen.values()) or self.chance(0.5):
            impressions["histories"] = chosen
        tables = {}
        if self.priced != "column":
            tables["prices"] = {"path": Path("prices"), "key": "key", "column": "item_id"}
        if self.priced == "as_of":
            tables["prices"] = zoned(tables["prices"] | {"as_of": "since"}, "prices")
        if self.has_age:
            tables["people"] = {"path": Path("people"), "key": "user_id"}
        if tables:
            impressions["tables"] = tables
        settings = {part: Path(part) for part in self.shown} | {"impressions": impressions}
        self.positive = None
        if self.chance(0.4):
            self.positive = random.choice([">= 4", "< 2", [1, 5], 3])
            settings["label"] = {"from": "rating", "positive": self.positive}
        self.window = None
        if not self.aside and self.is_time and self.chance(0.3):
            times = sorted(row["shown_at"] for row in self.shown["train"] if row["shown_at"] is not None)
            if times and times[0] < times[-1]:
                self.window = times[len(times) // 4], times[-1]
                if any(self.is_within(row) and not self.is_bad(row) for row in self.shown["train"]):
                    settings |= {key: written(moment(at)) + "Z" for key, at in zip(("since", "until"), self.window)}
                else:
                    self.window = None
        settings |= self.aside
        if self.skips:
            settings["on_bad_row"] = "skip"
        if self.chance(0.2):
            settings["memory"] = "128MB"
        self.project.settings = settings

    def where(self):
        random = self.random
        ways = [{"event": "click"}, {"event": ["cart", "view"]}, {"rating": ">= 3"}, {"rating": [1, 2, 5]}]
        ways += [{"score": "< 2"}, {"done": True}, {"event": "view", "rating": "> 1"}, {"score": 1.5}]
        return random.choice(ways)

    # The definition.

    def log_of(self, name):
        """The name of the log that a history is made of."""
        return name if name in self.logs else "log" if "log" in self.logs else "rows"

    def is_bad(self, row):
        """Whether it cannot be read as a row."""
        return row["shown_at"] is None or (row["click"] is None and self.positive is None)

    def is_step(self, event, name):
        """Whether an event is as the `where` of a history says."""
        return all(fits(event[column], wanted) for column, wanted in self.pasts[name].get("where", {}).items())

    def is_bad_event(self, event, log):
        """Whether it lacks a time, or what it needs as a step of a history that is made of the log."""
        names = [name for name in self.project.histories if self.log_of(name) == log and self.is_step(event, name)]
        return any(event["shown_at"] is None or event[f"{name}_m"] is None for name in names)

    def is_within(self, row):
        return self.window is None or self.window[0] <= row["shown_at"] < self.window[1]

    def span_of(self, past, name):
        value = past.get(name)
        if value is None or not self.is_time:
            return value
        count, unit = value.split()
        return int(count) * SPANS[unit]

    def events(self, name):
        """The events of a history's log by user, in the order of their times, without repetitions."""
        past = self.pasts[name]
        rows = [row for part in ("train", "valid", "test") for row in self.shown.get(part, [])]
        source = self.log_of(name)
        log = self.logs.get(source, rows)
        gap = self.span_of(past, "gap")
        users = {}
        latest = {}
        steps = [each for each in log if self.is_step(each, name) and not self.is_bad_event(each, source)]
        for event in sorted(steps, key=lambda event: event["shown_at"]):
            if event["user_id"] is None:
                continue
            who = str(event["user_id"]), str(event["item_id"])
            if gap is not None and who in latest and event["shown_at"] - latest[who] < gap:
                continue
            latest[who] = event["shown_at"]
            users.setdefault(who[0], []).append(event)
        return users

    def with_features(self, event):
        """An event, or a row, with what tables say at its time."""
        found = dict(event)
        if self.priced != "column":
            prices = [each for each in self.prices if each["key"] == event["item_id"]]
            if self.priced == "as_of":
                prices = sorted(
                    (each for each in prices if each["since"] <= event["shown_at"]), key=lambda each: each["since"]
                )
            found["price"] = prices[-1]["price"] if prices else None
        found["age"] = self.ages.get(event["user_id"])
        return found

    def row(self, shown, pasts):
        steps = {}
        for name, (longest, _) in self.project.histories.items():
            delay, window = (self.span_of(self.pasts[name], each) for each in ("delay", "window"))
            events = pasts[name].get(str(shown["user_id"]), []) if shown["user_id"] is not None else []
            age = lambda event: shown["shown_at"] - event["shown_at"]
            seen = [each for each in events if age(each) > 0 and age(each) >= (delay or 0)]
            seen = [each for each in seen if window is None or age(each) <= window]
            steps[name] = [self.with_features(each) for each in seen[-longest:]]
        label = shown["click"] if self.positive is None else int(fits(shown["rating"], self.positive))
        return Row(self.with_features(shown), steps, {"click": label})

    def parts(self, found):
        """By split its rows, in the order of the files; what is drawn is as dinc drew it, where the rules allow that."""
        parts = {part: [row for row in rows if not self.is_bad(row)] for part, rows in self.shown.items()}
        parts["train"] = [row for row in parts["train"] if self.is_within(row)]
        wrong = []
        every = len(parts["train"])
        for name, split in (("hold_out", "test"), ("validate", "valid")):
            if name not in self.aside:
                continue
            numbers = {row["n"] for row in found.get(split, [])}
            rest = [row for row in parts["train"] if row["n"] not in numbers]
            parts[split] = [row for row in parts["train"] if row["n"] in numbers]
            parts["train"] = rest
            wrong += [f"{name}: {each}" for each in self.wrong_aside(self.aside[name], parts[split], rest, every)]
        return parts, wrong

    def wrong_aside(self, aside, kept, rest, every):
        share = aside["share"] * every
        wrong = []
        if "by" in aside:
            both = {row["user_id"] for row in kept} & {row["user_id"] for row in rest} - {None}
            if both:
                wrong.append(f"{both} are on both sides")
        elif "latest_by" in aside:
            first, last = min(row["shown_at"] for row in kept), max(row["shown_at"] for row in rest)
            if first <= last:
                wrong.append("a row that is kept is not later than all others")
            least = len(kept) - sum(row["shown_at"] == first for row in kept)
            most = len(kept) + sum(row["shown_at"] == last for row in rest)
            if not least <= ceil(share) or not most >= floor(share):
                wrong.append(f"{len(kept)} of {every} rows")
        elif aside["rows"] == "last":
            if min(row["n"] for row in kept) < max(row["n"] for row in rest):
                wrong.append("not the last rows")
            if abs(len(kept) - share) > 1:
                wrong.append(f"{len(kept)} of {every} rows")
        return wrong

    def wrong_counts(self, told):
        """Whether each row and event that is left out is told: by what it is read as, how many are bad."""
        rows = [row for part in self.shown.values() for row in part]
        events = 0
        for source in {self.log_of(name) for name in self.project.histories}:
            events += sum(self.is_bad_event(event, source) for event in self.logs.get(source, rows))
        expected = {"rows": sum(map(self.is_bad, rows)), "events": events}
        return [] if told == expected else [f"left out: {told}, not {expected}"]

    def compare(self, prepared):
        found = prepared.splits
        parts, wrong = self.parts(found)
        pasts = {name: self.events(name) for name in self.project.histories}
        rows = {split: [self.row(each, pasts) for each in part] for split, part in parts.items()}
        known = vocabularies(self.project, rows["train"])
        wrong += wrong_vocabularies(prepared, known)
        wrong += self.wrong_counts(prepared.left_out())
        for split in {**rows, **found}:
            expected = [encoded(self.project, row, known) for row in rows.get(split, [])]
            wrong += differences(split, expected, found.get(split, []))
        return wrong
