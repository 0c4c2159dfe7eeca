// What the grammar uses of chevrotain, and the one place that loads it: chevrotain and lodash-es are hundreds of small
// files, so in dist/ one file stands in place of this one (bundle.mjs). JavaScript, so that tsc leaves that file alone.

export { createToken, createTokenInstance, EmbeddedActionsParser, Lexer, tokenMatcher } from "chevrotain";
