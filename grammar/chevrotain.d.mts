// The types of chevrotain.mjs.

export type { CstNode, CustomPatternMatcherFunc, IToken, TokenType } from "chevrotain";
export { CstParser, createToken, createTokenInstance, Lexer } from "chevrotain";
