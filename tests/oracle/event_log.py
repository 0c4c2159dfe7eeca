"""Event logs: docs/data.md ("Labels of an event log"), docs/settings.md (`data.events` … `data.examples`), SPEC 1.2 to 1.4.

Each event of a user after the first is a target, with the events before it as its history, in the order of their instants, and
of the files where these are equal. The last one is for testing. For each target so many items are drawn as `negatives` says, of
those that the user has not touched. `validate` takes the last training target of some users.
"""

from dataclasses import dataclass
from math import sqrt

from project import Kind, Path, Project, Row, differences, encoded, vocabularies, wrong_vocabularies
from tables import Clock, Table, moment, written

NAMES = [
    ["ann", "bo", "7", "007", "1.0x", 'q"x', "ü b", "a,b", "x;y", "é", "N", "-0", "nul"],
    [1, 2, 3, 10, 20, 30, 9007199254740993, 9007199254740992, 1234567890123456789, 1234567890123456790, -5, 0, 77],
]
ZONES = [None, None, "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]


@dataclass
class Choices:
    """What the definition needs besides the tables."""

    per_positive: int
    since: int | None
    until: int | None
    validates: bool


class EventLog:
    def __init__(self, random):
        self.places = []
        while True:
            self.draw(random)
            targets = self.targets()
            # A training needs rows, and validation leaves some where two users have targets.
            users = {event["user_id"] for event in targets["train"]}
            watched = sum(event["watch"] is not None for event in targets["train"])
            # Of each user one target at most is kept for validation.
            has_labels = "watch" not in self.project.labels or watched > (len(users) if self.choices.validates else 0)
            if len(users) >= (8 if self.choices.validates else 1) and has_labels and self.can_draw():
                return

    def can_draw(self):
        """Whether each user has left an item that may be drawn."""
        items = self.items if "item_number" in self.project.features else {event["item_id"] for event in self.events}
        touched = ({event["item_id"] for event in events} for events in self.past().values())
        return self.choices.per_positive == 0 or all(len(each) < len(items) for each in touched)

    def draw(self, random):
        self.is_time = random.random() < 0.75
        p = random.choice([0, 1, 1, 1, 2, 3])
        validates = random.random() < 0.25
        users = random.choice(NAMES)[: random.randint(10, 13) if validates else random.randint(1, 6)]
        items = random.choice(NAMES)[: random.randint(3, 13)]
        has = {
            name: random.random() < 0.5
            for name in (
                "items",
                "users",
                "cate",
                "tags",
                "price",
                "now",
                "hour",
                "act",
                "long",
                "place",
                "watch",
                "window",
                "bad",
                "liked",
            )
        }
        # Drawn items are told apart by their number, or by their ids where there is no table.
        has["items"] |= has["cate"] or has["tags"] or has["price"]
        self.make_model(random, has, p)
        self.make_tables(random, has, users, items)
        self.make_settings(random, has, p, validates)

    def make_model(self, random, has, p):
        least = random.choice([1, 1, 2, 3]) if has["items"] else 1
        features = {"user_id": Kind("id", "user_id")}
        if has["users"]:
            features["age"] = Kind("number", default=3.5)
        features["item_id"] = Kind("id", "item_id", least)
        if has["items"]:
            features["item_number"] = Kind("number")
        if has["cate"]:
            features["cate_id"] = Kind("id", "cate_id", random.choice([1, 2]))
        if has["tags"]:
            features["tags"] = Kind("set", "tags", max=2)
        if has["price"]:
            features["price"] = Kind("number", default=1.5)
        features["n"] = Kind("number")
        has["now"] &= self.is_time
        has["hour"] &= self.is_time and random.random() < 0.4
        if has["now"]:
            features["now"] = Kind("time")
        if has["hour"]:
            features["clock"] = Kind("hour", zone="Europe/Berlin")
        has["place"] &= p > 0
        if has["place"]:
            features["shown_at_place"] = Kind("number")
        bound = [name for name in ("item_id", "cate_id", "tags", "price") if name in features]
        fields = {name: features[name] for name in bound if name == "item_id" or random.random() < 0.7}
        fields["m"] = Kind("number", default=random.choice([None, 0.0]))
        if has["act"]:
            fields["act"] = Kind("id", "clicks.act", random.choice([1, 2]))
        if has["now"]:
            fields["at"] = Kind("time")
        fields = {name: fields[name] for name in random.sample(list(fields), len(fields))}
        histories = {"clicks": (random.randint(1, 5), fields)}
        if has["long"]:
            histories["long"] = (random.randint(1, 9), {"item_id": features["item_id"]})
        scopes = {
            "user": [name for name in ("user_id", "age") if name in features],
            "item": [name for name in ("item_id", "item_number", "cate_id", "tags", "price") if name in features],
            "context": [name for name in ("n", "now", "clock") if name in features],
            "training": [name for name in ("shown_at_place",) if name in features],
        }
        labels = {}
        if p > 0:
            labels["click"] = "binary(weight: shown_at_place)" if has["place"] else "binary"
        if has["watch"] or p == 0 and not has["liked"]:
            labels["watch"] = "number(missing: none)"
        if has["liked"]:
            labels["liked"] = "binary"
        self.project = Project(features, scopes, histories, labels)

    def make_tables(self, random, has, users, items):
        base = random.choice([1_774_740_000, 1_792_880_000, 1_709_000_000]) * 1_000_000
        unit = random.choice([1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000, 1000])
        fine = random.random() < 0.3
        span = random.choice([3, 10, 60])

        def instant():
            if not self.is_time:
                return random.randint(-span, span) / random.choice([1, 1, 2])
            return base + random.randint(0, span) * unit + (random.choice([0, 0, 1, -1]) if fine else 0)

        known = items if not has["items"] else items[:-1] or items
        count = random.randint(3, 60 if len(users) < 8 else 150)
        events = []
        for number in range(count):
            at = instant()
            item = random.choice(known)
            event = {"user_id": random.choice(users), "item_id": item, "t": at, "n": number, "m": number + 0.25}
            if self.project.histories["clicks"][1]["m"].default is not None and random.random() < 0.2:
                event["m"] = None
            event |= {"act": random.choice(["go", "no", "it's", None]), "shown_at_place": random.randint(1, 9)}
            event |= {"watch": random.choice([None, 0.5, 7.0, 1000.25]), "rating": random.randint(1, 5), "clock": at}
            events.append(event)
            if random.random() < 0.1:
                events.append(event | {"n": number + 1000})
        self.events = events
        self.users = {user: {"age": random.choice([None, 4.5, 30.0])} for user in users}
        self.items = {
            item: {
                "item_number": number,
                "cate_id": random.choice(["x", "y", "z", None]),
                "tags": random.choice([[], ["p"], ["q", "p"], ["r", "p", "q"], ["p", "p", "r"]]),
                "price": random.choice([None, 2.5, 1234.5, 0.0]),
            }
            for number, item in enumerate(random.sample(items, len(items)))
        }
        self.clock = None
        if self.is_time:
            instants = [event["t"] for event in events]
            self.clock = Clock.random(random, instants, random.choice(ZONES))
        columns = {
            "user_id": kind_of(users),
            "item_id": kind_of(items),
            "t": self.clock or "number",
            "n": "int",
            "m": "number",
        }
        if has["act"]:
            columns["act"] = "text"
        if has["place"]:
            columns["shown_at_place"] = "int"
        if "watch" in self.project.labels:
            columns["watch"] = "number"
        columns["rating"] = "int"
        if has["hour"]:
            columns["clock"] = Clock.random(random, [event["t"] for event in events])
        self.project.tables = [Table("log", columns, events)]
        if has["items"]:
            names = [name for name in ("item_number", "cate_id", "tags", "price") if name in self.project.features]
            kinds = {"item_number": "int", "cate_id": "text", "tags": "texts", "price": "number"}
            rows = [{"key": item, **values} for item, values in self.items.items()]
            self.project.tables.append(
                Table("items", {"key": kind_of(items), **{name: kinds[name] for name in names}}, rows)
            )
        if has["users"]:
            rows = [{"who": user, **values} for user, values in self.users.items()]
            self.project.tables.append(Table("users", {"who": kind_of(users), "age": "number"}, rows))

    def make_settings(self, random, has, p, validates):
        settings = {"events": {"path": Path("log"), "user": "user_id", "item": "item_id", "order": "t"}}
        if self.clock is not None and self.clock.zone is not None:
            settings["events"]["time_zone"] = self.clock.zone
        if has["items"]:
            settings["items"] = {"path": Path("items"), "key": "key"}
        if has["users"]:
            settings["users"] = {"path": Path("users"), "key": "who"}
        negatives = {"per_positive": p, "seed": random.randint(0, 9)}
        settings["examples"] = {"negatives": negatives}
        self.positive = random.choice([">= 4", "< 2", [1, 5], 3])
        if has["liked"]:
            settings["label"] = {"name": "liked", "from": "rating", "positive": self.positive}
        since = until = None
        if has["window"] and self.is_time:
            times = sorted(event["t"] for event in self.events)
            since, until = times[len(times) // 4], times[-1 - len(times) // 4]
            settings["since"] = written(moment(since)) + "Z"
            settings["until"] = written(moment(until)) + "Z"
        if validates:
            settings["validate"] = {"share": 0.4, "seed": random.randint(0, 99)}
        if random.random() < 0.2:
            settings["memory"] = "128MB"
        self.project.settings = settings
        self.choices = Choices(p, since, until, validates)

    def past(self):
        """By user their events, earliest first."""
        users = {}
        for event in self.events:
            users.setdefault(event["user_id"], []).append(event)
        return {user: sorted(events, key=lambda event: event["t"]) for user, events in users.items()}

    def targets(self):
        """By split the events that are targets; nobody is kept for validation yet."""
        train, test = [], []
        for events in self.past().values():
            train += [event for event in events[1:-1] if self.is_within(event["t"])]
            test += events[1:][-1:]
        return {"train": train, "test": test}

    def is_within(self, time):
        since, until = self.choices.since, self.choices.until
        return since is None or since <= time < until

    def row(self, event, item):
        """A target with its item, or with one that was drawn beside it."""
        past = self.past()[event["user_id"]]
        before = past[: past.index(event)]
        own = event | self.users[event["user_id"]] | self.items[item] | {"item_id": item, "now": event["t"]}
        steps = {}
        for name, (longest, _) in self.project.histories.items():
            steps[name] = [step | self.items[step["item_id"]] | {"at": step["t"]} for step in before[-longest:]]
        happened = item == event["item_id"]
        labels = {"click": int(happened)} if "click" in self.project.labels else {}
        if "watch" in self.project.labels:
            labels["watch"] = event["watch"] if happened else None
        if "liked" in self.project.labels:
            labels["liked"] = int(happened and fits(event["rating"], self.positive))
        return Row(own, steps, {name: labels[name] for name in self.project.labels})

    def compare(self, prepared):
        targets = self.targets()
        by_number = {event["n"]: event for event in self.events}
        found = prepared.splits
        kept = [by_number[row["n"]] for row in found.get("valid", [])]
        users = {event["user_id"] for event in kept}
        if self.choices.validates:
            # The window is of training targets alone.
            targets["valid"] = [events[-2] for user, events in self.past().items() if user in users and len(events) > 2]
            moved = [event["n"] for event in targets["valid"]]
            targets["train"] = [event for event in targets["train"] if event["n"] not in moved]
        wrong = []
        rows = {}
        self.places = []
        for split, events in targets.items():
            order = {event["n"]: place for place, event in enumerate(events)}
            given = found.get(split, [])
            strange = [row["n"] for row in given if row["n"] not in order]
            if strange:
                return [f"{split}: events {strange} are no targets of it"]
            if sorted(row["n"] for row in given) != sorted(
                n for n in order for _ in range(1 + self.choices.per_positive)
            ):
                return [f"{split}: events {[row['n'] for row in given]}, not {list(order)}"]
            rows[split] = []
            seen = set()
            for row in given:
                event = by_number[row["n"]]
                item = event["item_id"] if row["n"] not in seen else self.drawn(row, event, prepared)
                seen.add(row["n"])
                if item is None:
                    wrong.append(f"{split}: {row} has an item that could not be drawn")
                    item = event["item_id"]
                rows[split].append(self.row(event, item))
        known = vocabularies(self.project, rows["train"])
        wrong += wrong_vocabularies(prepared, known)
        for split in targets:
            wrong += differences(
                split, [encoded(self.project, row, known) for row in rows[split]], found.get(split, [])
            )
        return wrong

    def drawn(self, row, event, prepared):
        """The item of a row that was drawn, of those that could be."""
        touched = {each["item_id"] for each in self.events if each["user_id"] == event["user_id"]}
        has_table = "item_number" in self.project.features
        all_items = self.items if has_table else {each["item_id"] for each in self.events}
        known = prepared.vocabularies["item_id"]
        for item in all_items:
            is_it = (
                self.items[item]["item_number"] == row["item_number"]
                if has_table
                else str(item) == row["item_id"] if row["item_id"] in known else str(item) not in known
            )
            if is_it and item not in touched:
                left = sorted(str(each) for each in all_items if each not in touched)
                self.note_place(left.index(str(item)), len(left))
                return item
        return None

    def note_place(self, place, items):
        """Keeps the place of a drawn item among those that could be drawn, as a number of mean 0 and deviation 1."""
        if items > 1 and "item_number" in self.project.features:
            self.places.append((place - (items - 1) / 2) / sqrt((items**2 - 1) / 12))


def kind_of(names):
    return "int" if isinstance(names[0], int) else "text"


def fits(value, wanted):
    """Whether a value is as `positive`, or a `where`, says."""
    if isinstance(wanted, str) and wanted[0] in "<>":
        sign, bound = wanted.split()
        return {
            ">=": value >= float(bound),
            "<=": value <= float(bound),
            ">": value > float(bound),
            "<": value < float(bound),
        }[sign]
    return value in (wanted if isinstance(wanted, list) else [wanted])
