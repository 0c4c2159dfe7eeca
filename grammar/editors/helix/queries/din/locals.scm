; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

[(source_file) (block) (net) (lambda) (body)] @local.scope
(model model: (identifier) @local.definition)
(variant model: (identifier) @local.definition)
(features name: (identifier) @local.definition)
(declaration name: (identifier) @local.definition)
(history name: (identifier) @local.definition)
(label name: (identifier) @local.definition)
(let name: (identifier) @local.definition)
(names name: (identifier) @local.definition)
(block function: (identifier) @local.definition)
(layer function: (identifier) @local.definition)
(parameter parameter: (identifier) @local.definition)
(lambda parameter: (identifier) @local.definition)
(param constant: (identifier) @local.definition)
(operand name: (identifier) @local.reference)
(stage function: (identifier) @local.reference)
