; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.

(doc_comment) @comment.documentation
(comment) @comment
(number_literal) @number
(string_literal) @string
["<->" "↔" "|>" "->" "=>" "<=" ">=" "==" "!=" "<" ">" ".." "=" "+" "-" "*" "/"] @operator
["." "," ":"] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["model" "import" "param" "features" "history" "label" "block" "net" "train" "tune" "variant" "from" "let" "layer" "predict" "output" "loss" "embed" "share"] @keyword
(model model: (identifier) @type)
(variant model: (identifier) @type)
((type (expression (sum (operand !call name: (identifier) @type)))) (#not-match? @type "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand !call name: (identifier) @type))))))) (#not-match? @type "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @type)))))))))) (#not-match? @type "^[A-Z]"))
(features scope: (identifier) @constant.builtin)
(kind kind: (identifier) @type.builtin)
(label_kind kind: (identifier) @type.builtin)
(type type: (identifier) @type.builtin)
((type (expression (sum (operand !call name: (identifier) @type.builtin)))) (#match? @type.builtin "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.builtin))))))) (#match? @type.builtin "^[A-Z]"))
((type (expression (sum (operand (expression (sum (operand (expression (sum (operand !call name: (identifier) @type.builtin)))))))))) (#match? @type.builtin "^[A-Z]"))
(transform function: (identifier) @function)
(stage function: (identifier) @function)
(block function: (identifier) @function)
(layer function: (identifier) @function)
(operand name: (identifier) @function call: (call))
(binding property: (identifier) @property)
(setting property: (identifier) @property)
(range property: (identifier) @property)
(operand property: (identifier) @property)
(binding name: (identifier) @property . [":" "," ".."])
(parameter parameter: (identifier) @variable.parameter)
(lambda parameter: (identifier) @variable.parameter)
(argument parameter: (identifier) @variable.parameter)
(param constant: (identifier) @constant)
