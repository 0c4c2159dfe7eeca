// The types of chevrotain.mjs.

export type {
  ConsumeMethodOpts,
  CustomPatternMatcherFunc,
  ISerializedGast,
  IToken,
  ParserMethod,
  TokenType,
} from "chevrotain";
export { createToken, createTokenInstance, EmbeddedActionsParser, Lexer, tokenMatcher } from "chevrotain";
