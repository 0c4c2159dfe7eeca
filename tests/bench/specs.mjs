// Specs of any length for the benchmarks: sound, and made of what people write.

/** Many features bound to one history, each with a block of its own: one wide model. */
export function wide(lines) {
  const count = Math.max(1, Math.floor((lines - 14) / 7));
  const each = (line) => Array.from({ length: count }, (_, i) => line(i)).join("\n");
  return `/// A model with many fields.
model wide
features item {
${each((i) => `  f${i} : id(min_count: 2)  embed 8   // field ${i}`)}
}
history clicks(max: 50) {
${each((i) => `  f${i} <-> hist_f${i}`)}
}
label click : binary
${each((i) => `/// How much a step matters to field ${i}.\nblock unit_${i}(query: Vec[d], key: Vec[d]) -> Vec[1] {\n  concat(query, key, query - key) |> dense(8, dice) |> dense(1)\n}`)}
net {
${each((i) => `  let p${i} = sum(unit_${i}(f${i}, clicks.f${i}) * clicks.f${i})`)}
  predict click = concat(${Array.from({ length: count }, (_, i) => `p${i}`).join(", ")}) |> dense(1) |> sigmoid
}
`;
}

/** Models as those of examples/zoo, again and again in one spec, which predicts from all of them. */
export function zoo(lines) {
  const count = Math.max(1, Math.round((lines - 17) / 53));
  const each = (part) => Array.from({ length: count }, (_, i) => part(i)).join("\n");
  return `/// Interest networks, factorization machines and experts side by side.
model zoo

label click : binary

${each(items)}
net {
${each(statements)}
  predict click = concat(${Array.from({ length: count }, (_, i) => `logit_${i}`).join(", ")}) |> dense(1) |> sigmoid
}

train {
  loss      binary_cross_entropy
  optimizer adam(learning_rate: 1e-3)
  batch 256  epochs 3
}
`;
}

const items = (i) => `features user {
  user_${i}       : id(min_count: 5)  embed 8    // for the deep part
  gender_${i}     : enum("M", "F")    embed 8
  age_${i}        : int(1..99)        embed 8
  occupation_${i} : id                embed 8
}
features item {
  item_${i}  : id(min_count: 2)  embed 8
  genre_${i} : id                embed 8
  price_${i} : number |> log1p |> standardize
}

/// What the user clicked, latest last.
history clicks_${i}(max: 50) {
  item_${i}  <-> hist_item_${i}                 // same ids, same vocabulary, same table
  genre_${i} <-> hist_genre_${i}
}

/// Local activation unit: how much one past item matters to this candidate (Zhou et al., KDD 2018,
/// section 4.3).
block activation_unit_${i}(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key, query - key, query * key)
    |> dense(32, dice)
    |> dense(16, dice)
    |> dense(1)
}

/// What a task makes of what it was given.
block tower_${i}(x: Vec[d]) -> Vec[8] {
  let hidden = mlp(x, [32, 16], prelu)
  concat(hidden, relu(x)) |> dense(8)
}
`;

const statements = (i) => `  // The candidate against the history.
  let target_${i}   = concat(item_${i}, genre_${i})
  let interest_${i} = sum(activation_unit_${i}(target_${i}, clicks_${i}) * clicks_${i})
  let user_side_${i} = concat(user_${i}, gender_${i}, age_${i}, occupation_${i})

  // A factorization machine over the fields, and its linear part.
  let first_${i}  = weight(user_${i})
    + weight(gender_${i})
    + weight(age_${i})
    + weight(item_${i})
    + weight(genre_${i})
  let fields_${i} = [user_${i}, gender_${i}, age_${i}, occupation_${i}, item_${i}, genre_${i}]
  let second_${i} = fm(fields_${i})

  // Experts, and the towers over them.
  let shared_${i} = concat(user_side_${i}, target_${i}, interest_${i}, price_${i})
  let experts_${i} = each(1..2, n => shared_${i} |> dense(16, relu))
  let task_${i} = tower_${i}(sum(experts_${i}))
  let logit_${i} = concat(first_${i}, second_${i}, task_${i}, mlp(shared_${i}, [64, 32], dice)) |> dense(1)
`;
