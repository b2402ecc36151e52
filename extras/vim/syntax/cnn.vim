" Highlighting of .cnn files.
if exists("b:current_syntax")
  finish
endif

syntax keyword cnnKeyword network block import weights if else repeat return and or not
syntax keyword cnnFlag yes no
syntax keyword cnnType f32 f64 u8 i8 i32 i64 bool
syntax match cnnNumber "\<\d\+\(\.\d\+\)\?\([eE][-+]\?\d\+\)\?\>"
syntax match cnnNumber "\<\d\+\(x\d\+\)\+\>"
syntax match cnnCall "\<\h\w*\ze\s*("
syntax match cnnArrow "->"
syntax match cnnLabel "\<\h\w*\ze\s*:"
syntax region cnnString start=+"+ end=+"+ oneline
syntax match cnnComment "#.*$"

highlight default link cnnKeyword Keyword
highlight default link cnnFlag Boolean
highlight default link cnnType Type
highlight default link cnnNumber Number
highlight default link cnnCall Function
highlight default link cnnArrow Operator
highlight default link cnnLabel Label
highlight default link cnnString String
highlight default link cnnComment Comment

setlocal commentstring=#\ %s
let b:current_syntax = "cnn"
