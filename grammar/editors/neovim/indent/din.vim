" Indents lines as `dinc fmt` does: two blanks for each line with an open bracket, and two more where a line continues a
" statement, with an operator before it or a comma after the line above.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=DinIndent(v:lnum) indentkeys=0{,0},0),0],!^F,o,O,0=\|>,*<Return> autoindent nosmartindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< autoindent< smartindent<'

if exists('*DinIndent')
  finish
endif

" A line without its texts and its comment, whose brackets open and close nothing.
function! s:code(number) abort
  return substitute(substitute(getline(a:number), '"\%(\\.\|[^"\\]\)*"', '', 'g'), '//.*', '', '')
endfunction

" The last line before `number` with code, 0 if there is none.
function! s:before(number) abort
  let number = prevnonblank(a:number - 1)
  while number > 0 && s:code(number) !~# '\S'
    let number = prevnonblank(number - 1)
  endwhile
  return number
endfunction

" The line of the innermost bracket that is open before `number`, and the bracket; 0 if there is none.
function! s:opener(number) abort
  let closed = 0
  let number = s:before(a:number)
  while number > 0
    for bracket in reverse(split(substitute(s:code(number), '[^][(){}]', '', 'g'), '\zs'))
      let closed += bracket =~# '[])}]' ? 1 : -1
      if closed < 0
        return [number, bracket]
      endif
    endfor
    " Nothing is open where an item begins.
    if closed == 0 && getline(number) =~# '^\a'
      break
    endif
    let number = s:before(number)
  endwhile
  return [0, '']
endfunction

function! DinIndent(number) abort
  let line = getline(a:number)
  let [opener, bracket] = s:opener(a:number)
  let own = opener == 0 ? 0 : indent(opener)
  if line =~# '^\s*[])}]'
    return own
  endif
  let inside = opener == 0 ? 0 : own + shiftwidth()
  let continues = line =~# '^\s*\%(|>\|->\|[-+*/]\%(\s\|$\)\|[<>=]=\?\s\)' || ((opener == 0 || bracket ==# '{') && s:code(s:before(a:number)) =~# ',\s*$')
  return continues ? inside + shiftwidth() : inside
endfunction
