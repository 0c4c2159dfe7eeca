// A spec whose names are words of the languages that bindings are in: keywords, types, macros, names of their libraries and of
// the bindings themselves, names of 200 characters, and names that differ in their case alone.

const words = [
  ..."int class NULL EOF NAN errno main assert operator namespace template typename this new delete auto".split(
    " ",
  ),
  ..."Value Request Candidate User Session Model score rank logits top_k load user_id history_ context_".split(
    " ",
  ),
  ..."self None True def lambda import_ async yield from_ is_ len dict list str object id type print".split(
    " ",
  ),
  ..."func chan go defer range map interface select package var nil string error byte error_ init".split(" "),
  ..."fn impl mut pub crate super trait dyn unsafe where loop match as_ move ref_ Self Option Vec Box".split(
    " ",
  ),
  ..."public private final void boolean instanceof synchronized native_ transient throws String Object hashCode".split(
    " ",
  ),
  ..."getClass wait notify toString_ equals constructor_ var_ undefined arguments eval await static".split(
    " ",
  ),
  ..."std dinc dinc_value size_t int32_t Case CASE caSe _leading __double a__b x1 X1".split(" "),
  "n".repeat(200),
  `${"n".repeat(199)}m`,
];
/** Words that the language itself takes. */
const taken = new Set(["let", "net", "history", "context"]);
const names = [...new Set(words)].filter((word) => !taken.has(word));
const half = Math.floor(names.length / 2);
const [first, second] = [names.slice(0, half), names.slice(half)];

export const NAMES = `/// A model */ with "quotes" \\ and a ??/ trigraph, {braces} and \`ticks\` \${x} """ ''' #{y}
model time
features user {
${first.map((name) => `  /// */ "${name}" \\ """ \u202e\n  ${name} : id(size: 10) embed 1`).join("\n")}
}
features item {
${second.map((name) => `  ${name} : id(size: 10) embed 1`).join("\n")}
}
history class_(max: 3) { ${second[0]} <-> for }
history Class_(max: 3) { ${second[1]} <-> while  ${second[2]} <-> NULL_ }
label double : binary
net {
  predict double = concat(${names.join(", ")}, sum(class_), sum(Class_)) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy optimizer adam(learning_rate: 1e-3) batch 8 epochs 1 }
`;
