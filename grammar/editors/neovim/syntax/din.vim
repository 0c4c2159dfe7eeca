" Made by grammar/editors/vim-syntax.ts from the token table; a test holds it to that.
if exists('b:current_syntax')
  finish
endif
syntax case match
syntax sync fromstart
syntax iskeyword @,48-57,_

syntax cluster dinTokens contains=dinComment,dinDocumentation,dinString,dinNumber,dinOperator
syntax cluster dinExpression contains=@dinTokens,dinPlain,dinCall,dinPipe,dinDot,dinLambda,dinParentheses,dinList,dinFunction
syntax cluster dinDeclarations contains=@dinExpression,dinEmbed,dinShare,dinColon,dinBinding
syntax cluster dinStatements contains=@dinExpression,dinStatement

" expressions
syntax match dinPlain '\v<[A-Za-z_][A-Za-z0-9_]*>'
syntax match dinOperator '\v\<-\>|↔|\|\>|\-\>|\=\>|\<\=|\>\=|\=\=|\!\=|\<|\>|\.\.|\=|\+|\-|\*|\/'
syntax match dinNumber '\v[0-9]%([eE][+-][0-9]|[A-Za-z0-9_]|\.[0-9])*%(\.%([.A-Za-z_])@!)?'
syntax match dinString '\v"%([^"\\\n\r]|\\[^\n\r])*\\?'
syntax match dinString '\v"%([^"\\\n\r]|\\[^\n\r])*"'
syntax match dinCall '\v<[A-Za-z_][A-Za-z0-9_]*\(@='
syntax match dinLambda '\v<[A-Za-z_][A-Za-z0-9_]*>%(\s*\=\>)@='
syntax match dinPipe '\v\|\>' nextgroup=dinStage skipwhite skipempty
syntax match dinStage '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinDot '\v\.@<!\.\.@!' nextgroup=dinField skipwhite skipempty
syntax match dinField '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinArgument '\v<[A-Za-z_][A-Za-z0-9_]*>%(\s*:)@=' contained
syntax region dinParentheses matchgroup=dinBracket start='\v\(' matchgroup=dinBracket end='\v\)' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contains=@dinExpression,dinArgument
syntax region dinParentheses matchgroup=dinBracket start='\v\(%([^()]*\)\s*\=\>)@=' matchgroup=dinBracket end='\v\)' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contains=@dinTokens,dinLambda,dinLambdaName
syntax match dinLambdaName '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax region dinList matchgroup=dinBracket start='\v\[' matchgroup=dinBracket end='\v\]' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contains=@dinExpression

" declarations
syntax match dinColon '\v:' contained nextgroup=dinKind skipwhite skipempty
syntax match dinKind '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinBinding '\v%(\<-\>|↔)' contained nextgroup=dinColumn skipwhite skipempty
syntax match dinColumn '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinEmbed '\v<embed>%(\s*%([:,]|%(\<-\>|↔)))@!' contained
syntax match dinShare '\v<%(from|share)>%(\s+[A-Za-z_][A-Za-z0-9_]*)@=' contained nextgroup=dinPlain skipwhite skipempty
syntax match dinOwnField '\v<[A-Za-z_][A-Za-z0-9_]*>%(\s*%([:,]|\.\.))@=' contained
syntax region dinFeatures matchgroup=dinBracket start='\v\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinDeclarations
syntax region dinFields matchgroup=dinBracket start='\v\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinDeclarations,dinOwnField

" statements
syntax match dinStatement '\v%(^\s*)@<=<%(let|layer|predict)>\s*$' contained
syntax match dinStatement '\v%(^\s*)@<=<%(let|layer|predict|output|loss)>%(\s+[A-Za-z_][A-Za-z0-9_]*|\s*\=\>@!)@=' contained nextgroup=dinPlain skipwhite skipempty
syntax match dinStatement '\v<%(predict|loss)>%(\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\=\>@!|\())@=' contained nextgroup=dinDeclared skipwhite skipempty
syntax match dinStatement '\v<%(let|output)>%(\s+[A-Za-z_][A-Za-z0-9_]*\s*\=\>@!)@=' contained nextgroup=dinDeclared skipwhite skipempty
syntax match dinStatement '\v<let>%(\s*\(\s*[A-Za-z_][A-Za-z0-9_]*%(\s*,\s*[A-Za-z_][A-Za-z0-9_]*)*\s*\)\s*\=\>@!)@=' contained
syntax match dinStatement '\v<layer>%(\s+[A-Za-z_][A-Za-z0-9_]*\s*\=\>@!)@=' contained nextgroup=dinLayer skipwhite skipempty
syntax match dinLayer '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinDeclared '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax region dinCode matchgroup=dinBracket start='\v\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinStatements
syntax region dinFunction matchgroup=dinBracket start='\v%(\=\>\s*)@<=\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contains=@dinStatements

" the head of a block
syntax match dinParameter '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinTypeColon '\v:' contained nextgroup=dinType skipwhite skipempty
syntax match dinType '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinDimensions skipwhite skipempty
syntax region dinDimensions matchgroup=dinBracket start='\v\[' matchgroup=dinBracket end='\v\]' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinTokens,dinDimension,dinTypeName,dinWidths
syntax region dinWidths matchgroup=dinBracket start='\v\(' matchgroup=dinBracket end='\v\)' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinTokens,dinDimension,dinTypeName,dinWidths
syntax match dinDimension '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinTypeName '\v<[A-Z][A-Za-z0-9_]*>' contained
syntax region dinDefault matchgroup=dinOperator start='\v\=\>@!' matchgroup=NONE end=/[,)]/me=s-1 contained contains=@dinExpression
syntax region dinParameters matchgroup=dinBracket start='\v\(' matchgroup=dinBracket end='\v\)' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinTokens,dinParameter,dinTypeColon,dinDefault nextgroup=dinResult,dinCode skipwhite skipempty
syntax match dinResult '\v\-\>' contained nextgroup=dinResultType skipwhite skipempty
syntax match dinResultType '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinResultDimensions,dinCode skipwhite skipempty
syntax region dinResultDimensions matchgroup=dinBracket start='\v\[' matchgroup=dinBracket end='\v\]' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinTokens,dinDimension,dinTypeName,dinWidths nextgroup=dinCode skipwhite skipempty

" settings: keys and values take turns
syntax match dinSetting '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinValue,dinValueCall skipwhite skipempty
syntax match dinValue '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinValueCall '\v<[A-Za-z_][A-Za-z0-9_]*\(@=' contained
syntax match dinAnother '\v[-,+*]|/[/]@!' contained nextgroup=dinValue,dinValueCall skipwhite skipempty
syntax region dinSettings matchgroup=dinBracket start='\v\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=dinComment,dinDocumentation,dinString,dinNumber,dinOperator,dinSetting,dinAnother,dinParentheses,dinList
syntax match dinRange '\v<[A-Za-z_][A-Za-z0-9_]*>%(\s*[:.])@=' contained
syntax region dinRanges matchgroup=dinBracket start='\v\{' matchgroup=dinBracket end='\v\}' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinExpression,dinRange

" items
syntax match dinItem '\v<model>' nextgroup=dinModel skipwhite skipempty
syntax match dinModel '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinItem '\v<import>'
syntax match dinItem '\v<param>' nextgroup=dinConstant skipwhite skipempty
syntax match dinConstant '\v<[A-Za-z_][A-Za-z0-9_]*>' contained
syntax match dinItem '\v<features>' nextgroup=dinScope skipwhite skipempty
syntax match dinScope '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinGroup,dinFeatures skipwhite skipempty
syntax match dinGroup '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinFeatures skipwhite skipempty
syntax match dinItem '\v<history>' nextgroup=dinHistory skipwhite skipempty
syntax match dinHistory '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinHistoryOptions,dinFields skipwhite skipempty
syntax region dinHistoryOptions matchgroup=dinBracket start='\v\(' matchgroup=dinBracket end='\v\)' end='\v^%(\s*%(import\s*"|param\s+[A-Za-z_][A-Za-z0-9_]*\s*\=%(\>)@!|features\s+[A-Za-z_][A-Za-z0-9_]*%(\s+[A-Za-z_][A-Za-z0-9_]*)?\s*\{|history\s+[A-Za-z_][A-Za-z0-9_]*%(\s*\{|\()|label\s+[A-Za-z_][A-Za-z0-9_]*\s*:|block\s+[A-Za-z_][A-Za-z0-9_]*\(|net\s*\{|train\s*\{|tune\s*\{|variant\s+[A-Za-z_][A-Za-z0-9_]*\s+from>))@=' contained contains=@dinExpression,dinArgument nextgroup=dinFields skipwhite skipempty
syntax match dinItem '\v<label>' nextgroup=dinLabel skipwhite skipempty
syntax match dinLabel '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinColon skipwhite skipempty
syntax match dinItem '\v<block>' nextgroup=dinBlock skipwhite skipempty
syntax match dinBlock '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinParameters skipwhite skipempty
syntax match dinItem '\v<net>' nextgroup=dinCode skipwhite skipempty
syntax match dinItem '\v<train>' nextgroup=dinSettings skipwhite skipempty
syntax match dinItem '\v<tune>' nextgroup=dinRanges skipwhite skipempty
syntax match dinItem '\v<variant>' nextgroup=dinVariant skipwhite skipempty
syntax match dinVariant '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinFrom skipwhite skipempty
syntax match dinFrom '\v<from>' contained nextgroup=dinParent skipwhite skipempty
syntax match dinParent '\v<[A-Za-z_][A-Za-z0-9_]*>' contained nextgroup=dinVariantItems skipwhite skipempty
syntax region dinVariantItems matchgroup=dinBracket start=/{/ end=/}/ contained contains=@dinExpression,dinItem

" comments
syntax match dinComment '\v\/\/[^\n\r]*'
syntax match dinDocumentation '\v\/\/\/%(\/)@![^\n\r]*'

highlight default link dinItem Keyword
highlight default link dinStatement Keyword
highlight default link dinFrom Keyword
highlight default link dinEmbed Keyword
highlight default link dinShare Keyword
highlight default link dinOperator Operator
highlight default link dinPipe Operator
highlight default link dinBinding Operator
highlight default link dinResult Operator
highlight default link dinAnother Operator
highlight default link dinString String
highlight default link dinNumber Number
highlight default link dinComment Comment
highlight default link dinDocumentation Comment
highlight default link dinBracket Delimiter
highlight default link dinColon Delimiter
highlight default link dinTypeColon Delimiter
highlight default link dinDot Delimiter
highlight default link dinCall Function
highlight default link dinStage Function
highlight default link dinBlock Function
highlight default link dinLayer Function
highlight default link dinValueCall Function
highlight default link dinField Identifier
highlight default link dinColumn Identifier
highlight default link dinOwnField Identifier
highlight default link dinRange Identifier
highlight default link dinSetting Identifier
highlight default link dinLambda Identifier
highlight default link dinLambdaName Identifier
highlight default link dinArgument Identifier
highlight default link dinParameter Identifier
highlight default link dinKind Type
highlight default link dinType Type
highlight default link dinTypeName Type
highlight default link dinResultType Type
highlight default link dinDimension Type
highlight default link dinModel Structure
highlight default link dinVariant Structure
highlight default link dinParent Structure
highlight default link dinScope Constant
highlight default link dinConstant Constant
highlight default link dinDeclared dinPlain
highlight default link dinValue dinPlain
highlight default link dinHistory dinPlain
highlight default link dinLabel dinPlain
highlight default link dinGroup dinPlain

let b:current_syntax = 'din'
