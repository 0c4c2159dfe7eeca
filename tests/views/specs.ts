// The specs that every view is tried on: all examples and good specs, and one whose text is hostile.

import { specFiles } from "../support/spec-files.ts";

/** By path from the repository's root. */
export const specs = specFiles("examples", "tests/good");

/** Names of what every object has, and strings that end, open or turn around whatever they stand in. */
export const hostile = String.raw`/// ]]></text><script>alert("1")</script> "quoted" ${"\u202e"}turned
model constructor
features user {
  __proto__ : enum("]]>", "</svg><script>", "${"\u202e"}x", "a\"]; click n1", "*/ --> %%")  embed 4
}
features item { toString : id  embed 4  hasOwnProperty : number }
history valueOf(max: 3) { toString <-> end }
label click : binary
block subgraph(constructor: Vec[d]) -> Vec[d] {
  let __proto__ = relu(constructor)
  __proto__ + constructor
}
net {
  let end       = subgraph(toString)
  predict click = concat(__proto__, end, sum(valueOf), hasOwnProperty) |> dense(1) |> sigmoid
}
`;
