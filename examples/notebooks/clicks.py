"""Simulated impressions of a shop. Their click model is known, and so is the best AUC that any model can reach.

A user has three lasting interests among the categories. The chance of a click rises with the number of clicks in the category of
the item among the user's last twenty, with the item's own quality and in the evening, and falls with the price, for men more than
for women. New items arrive every day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def impressions(users: int = 150, days: int = 21, items: int = 300, seed: int = 7) -> pd.DataFrame:
    """The log of the shop: what was shown to whom and when, and whether it was clicked. Four impressions a user and day.

    `chance` is the true probability of the click. No model may read it.
    """
    random = np.random.default_rng(seed)
    categories, slots = 20, 4
    category = (categories * random.random(items) ** 2).astype(int)
    quality = random.normal(size=items)
    price = np.exp(3 + 0.8 * random.normal(size=items)).round(2)
    first_day = np.where(random.random(items) < 0.5, 0, random.integers(0, days, items))
    gender = random.choice(["f", "m"], users)
    interests = random.integers(0, categories, (users, 3))
    latest = np.full((users, 20), -1)  # the categories of each user's last clicks
    everyone = np.arange(users)
    parts = []
    for day in range(days):
        there = np.flatnonzero(first_day <= day)
        by_category = [there[category[there] == each] for each in range(categories)]
        for slot in range(slots):
            own = interests[everyone, random.choice(3, users, p=[0.5, 0.3, 0.2])]
            pools = [
                by_category[of] if likes and len(by_category[of]) > 0 else there
                for of, likes in zip(own, random.random(users) < 0.45)
            ]
            item = np.array([pool[int(len(pool) * at**1.5)] for pool, at in zip(pools, random.random(users))])
            seconds = (slot + random.random(users)) * 86_400 / slots
            logit = (
                -2
                + 1.5 * np.log1p((latest == category[item][:, None]).sum(axis=1))
                + 0.5 * quality[item]
                - np.where(gender == "m", 0.6, 0.3) * (np.log(price[item]) - 3)
                + 0.4 * np.cos((seconds / 3600 - 20) / 12 * np.pi)
            )
            chance = 1 / (1 + np.exp(-logit))
            clicked = (random.random(users) < chance).astype(int)
            latest = np.where(clicked[:, None] == 1, np.column_stack([latest[:, 1:], category[item]]), latest)
            parts.append(
                pd.DataFrame(
                    {
                        "user_id": [f"u{user}" for user in everyone],
                        "gender": gender,
                        "shown_at": pd.Timestamp("2026-11-01", tz="UTC")
                        + pd.to_timedelta((day * 86_400 + seconds).astype(int), unit="s"),
                        "item_id": [f"i{each}" for each in item],
                        "cate_id": [f"c{each}" for each in category[item]],
                        "price": price[item],
                        "clicked": clicked,
                        "chance": chance,
                    }
                )
            )
    return pd.concat(parts).sort_values("shown_at", kind="stable", ignore_index=True)


def rows(log: pd.DataFrame) -> pd.DataFrame:
    """The impressions as rows with histories: lists of the items that the user clicked before, latest last."""
    past: dict[str, tuple[list[str], list[str]]] = {}
    items, categories = [], []
    for user, item, category, clicked in zip(log.user_id, log.item_id, log.cate_id, log.clicked):
        of_items, of_categories = past.setdefault(user, ([], []))
        items.append(of_items[-50:])
        categories.append(of_categories[-50:])
        if clicked:
            of_items.append(item)
            of_categories.append(category)
    return log.assign(hour=log.shown_at.dt.hour, hist_item_id=items, hist_cate_id=categories)
