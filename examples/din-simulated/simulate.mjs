// Clicks with a known click model, so that the best reachable AUC is known. Plain JavaScript that runs in
// Node and in a page.
//
// Each user has three lasting interests among the categories, the strongest first, and a log of past clicks. They are
// shown items, one at a time, each at some hour; the chance of a click is `clickLogit` below. A click joins the user's
// history, latest last. The last sixth of a user's impressions are the test rows: no history holds anything later than
// its row.

const MAX_HISTORY = 50;

/**
 * The click model. Past clicks in the candidate's category draw, each less than the one before; items have a quality of
 * their own; a high price puts off, men more than women; evenings are better.
 */
function clickLogit({ item, matches, hour, gender }) {
  const price = Math.log1p(item.price) - 3;
  return (
    -2.5 +
    1.5 * Math.log1p(matches) +
    0.4 * item.quality -
    (gender === "m" ? 0.6 : 0.3) * price +
    0.4 * Math.cos(((hour - 20) / 12) * Math.PI)
  );
}

/** Rows of both splits, each with the true chance of its click; by `bestOf` what the best model reaches on them. */
export function simulate({ users, impressions, items: itemCount, categories, seed }) {
  const { random, whole, normal } = generator(seed);
  const items = Array.from({ length: itemCount }, (_, index) => {
    // Squaring makes low numbers, and with them some categories, popular.
    const category = Math.floor(categories * random() ** 2);
    return { id: 1000 + index, category, quality: normal(), price: Math.exp(3 + 0.8 * normal()) };
  });
  const itemsOf = Array.from({ length: categories }, (_, c) => items.filter((item) => item.category === c));

  /** An item of the user's interests, the first three times as likely as the last, or any item. */
  function draw(interests, loyalty) {
    const pick = random();
    const own = itemsOf[interests[pick < 0.5 ? 0 : pick < 0.83 ? 1 : 2]];
    const pool = random() < loyalty && own.length > 0 ? own : items;
    return pool[Math.floor(pool.length * random() ** 1.5)];
  }

  const rows = { train: [], test: [] };
  for (let user = 1; user <= users; user++) {
    const gender = random() < 0.5 ? "f" : "m";
    const interests = Array.from({ length: 3 }, () => whole(categories));
    const history = Array.from({ length: 3 + whole(15) }, () => draw(interests, 0.8));
    // A new list after each click: rows without a click between them share it.
    let past = history.slice(-MAX_HISTORY);
    for (let i = 0; i < impressions; i++) {
      const hour = whole(24);
      const item = draw(interests, 0.45);
      const matches = past.filter(({ category }) => category === item.category).length;
      const chance = sigmoid(clickLogit({ item, matches, hour, gender }));
      const click = random() < chance ? 1 : 0;
      const split = i < Math.floor((impressions * 5) / 6) ? rows.train : rows.test;
      split.push({ user, gender, hour, item, past, click, chance });
      if (click === 0) continue;
      history.push(item);
      past = history.slice(-MAX_HISTORY);
    }
  }
  return rows;
}

/** AUC and log loss of the true chances. */
export function bestOf(rows) {
  return { auc: auc(rows), logLoss: logLoss(rows) };
}

/** The chance that a clicked row has a higher chance than one that was not clicked; ties count half. */
function auc(split) {
  const sorted = [...split].sort((a, b) => a.chance - b.chance);
  let below = 0;
  let pairs = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    let clicked = 0;
    while (end < sorted.length && sorted[end].chance === sorted[i].chance) clicked += sorted[end++].click;
    const not = end - i - clicked;
    pairs += clicked * (below + not / 2);
    below += not;
    i = end;
  }
  return pairs / (below * (sorted.length - below));
}

function logLoss(split) {
  const losses = split.map(({ click, chance }) => -Math.log(click === 1 ? chance : 1 - chance));
  return losses.reduce((sum, loss) => sum + loss, 0) / split.length;
}

function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

/** mulberry32: small, and good enough to simulate with. */
function generator(state) {
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (n) => Math.floor(n * random());
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { random, whole, normal };
}
