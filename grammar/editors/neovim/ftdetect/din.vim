autocmd BufNewFile,BufRead *.din setfiletype din
