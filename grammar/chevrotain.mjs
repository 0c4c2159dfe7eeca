// The parts of chevrotain that the grammar uses. No other file loads chevrotain. chevrotain and lodash-es are
// hundreds of small files, so in dist/ one bundle replaces this file (bundle.mjs). It is JavaScript, so that
// tsc does not overwrite the bundle.

export { createToken, createTokenInstance, EmbeddedActionsParser, Lexer, tokenMatcher } from "chevrotain";
