// Words that are names in places where keywords stand, and texts that are not finished: what an editor colours by the grammar
// alone shows them as semantic tokens do.

export const namesLikeKeywords: readonly string[] = [
  "label label : label",
  "model model label model : binary",
  "features user { label : id label2 : id }",
  "features user { embed : id embed 4 }",
  "features user { share : id embed 4 b : id share share }",
  "history history { model <-> embed share : number embed <-> x embed 4 }",
  "net { let let = embed(let) predict net = train }",
  "net { let loss = loss(loss) loss loss = train loss l(a: 1) = loss }",
  "block f(loss: Vec[d]) { let x = loss loss }",
  "block f(net, train: Vec[d]) { let x = label net }",
  "train { batch 2 label a }",
  "train { loss loss }",
  "train {\n  metrics\n    auc,\n    gauc(by: user_id),\n    log_loss\n  batch n * 2 epochs 3\n}",
  "features user { a : id\nlabel b : binary",
  "net {\n  let a = f(b,\n  let c = d\n}",
  "net {\n  let\n  let c = d\n}",
  "param a = [1,\nlabel click : binary",
  "variant a from b { label c : binary param d = 2 net { let e = f } } variant from from from { }",
  'import "a.din" import "b.din"',
  "block f(x: Vec[n*(n - 1)/2], units: List[Int] = [2], cell: Block = (a, b) => a + b) -> Seq[h + 1, d] { x }",
  "net { let a = x\n  |>\n  relu |> dense(2..3) let c = a.b + (a.b) }",
  "param let = 1 // label a : binary\n/// label b : c\nlabel predict : binary",
];
