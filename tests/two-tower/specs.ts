// Models of two towers, and models that are none.

const features = `
features user { user_id : id  embed 4   age : number |> standardize   likes : set(id, max: 4)  share genres }
features context { hour : int(0..23)  embed 3 }
features item {
  item_id : id  embed 4
  genres  : set(id, max: 3)  embed 5
  year    : number |> standardize
  pair    : cross(item_id, kind, hash: 50)  embed 3
  kind    : enum("a", "b")  embed 2
}
history clicks(max: 6) { item_id <-> hist_item_id  genres <-> hist_genres }
label click : binary
`;
const train = "train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 8  epochs 1 }";

export function model(net: string): string {
  return `model towers\n${features}\nnet {\n${net}\n}\n${train}\n`;
}

const user = "let user = concat(user_id, age, likes, hour, mean(clicks)) |> mlp([8, 6], relu)";
const item = "let item = concat(item_id, genres, year, pair) |> mlp([8, 6], tanh)";

export const towers = {
  dot: model(`${user}\n${item}\npredict click = dot(user, item) |> sigmoid`),
  biases: model(
    `${user}\n${item}\npredict click = (dot(user, item) + dense(item, 1) + dense(user, 1)) |> sigmoid`,
  ),
  quotient: model(
    `${user}\n${item}\npredict click = 5 * dot(user, item) / ((total(user * user) + 0.1) * (total(item * item) + 0.1)) - 0.5 |> sigmoid`,
  ),
  "weighted product": model(`${user}\n${item}\npredict click = user * item |> dense(1) |> sigmoid`),
  "logistic regression": model("predict click = concat(user_id, age, item_id, year) |> dense(1) |> sigmoid"),
  "wide sums": model(
    `${user}\n${item}\npredict click = concat(user + item, user * item, -item, dot(user, item)) |> dense(1) |> sigmoid`,
  ),
  "linear layers of both": model(
    `${user}\n${item}\npredict click = concat(user, item) |> dense(4) |> dense(1) |> sigmoid`,
  ),
} as const;

export const mixed: Readonly<Record<string, readonly [spec: string, place: string]>> = {
  activation: [
    model(`${user}\n${item}\npredict click = concat(user, item) |> dense(4, relu) |> dense(1) |> sigmoid`),
    "dense(4, relu)",
  ],
  "activation within a block of the library": [
    model(`${user}\n${item}\npredict click = concat(user, item) |> mlp([4], relu) |> dense(1) |> sigmoid`),
    "mlp([4], relu)",
  ],
  attention: [
    model(
      "let interest = sum(softmax(dot(item_id, clicks.item_id)) * clicks.item_id)\npredict click = dot(interest, user_id) |> sigmoid",
    ),
    "dot(item_id, clicks.item_id)",
  ],
  "product of products": [
    model(`${user}\n${item}\npredict click = dot(user, item) * dot(user, item) |> sigmoid`),
    "dot(user, item) * dot(user, item)",
  ],
};

export const oneSided = {
  item: model(`${item}\npredict click = item |> dense(1) |> sigmoid`),
  user: model(`${user}\npredict click = user |> dense(1) |> sigmoid`),
} as const;
