" The colours of the preview window, all of them those of standard groups.

if exists('b:current_syntax')
  finish
endif

syntax match BatchPatchDocument /^\S.*$/
syntax match BatchPatchTitle /\%1l.*/
syntax match BatchPatchSummary /\%2l.*/
syntax match BatchPatchRefusal /\%2l.*would \(be rejected\|fail\).*/
syntax match BatchPatchKeys /\%3l.*/
syntax match BatchPatchUnticked /^  \[ \].*$/
syntax match BatchPatchTicked /^  \[x\] / nextgroup=BatchPatchIndex
syntax match BatchPatchIndex /[ 0-9]\+/ contained nextgroup=BatchPatchKind
syntax match BatchPatchKind /\w\+/ contained nextgroup=BatchPatchPlace skipwhite
syntax match BatchPatchPlace /[0-9:-]\+/ contained
syntax match BatchPatchViolation /^      ! .*$/

highlight default link BatchPatchTitle Title
highlight default link BatchPatchSummary MoreMsg
highlight default link BatchPatchRefusal DiagnosticError
highlight default link BatchPatchKeys Comment
highlight default link BatchPatchDocument Directory
highlight default link BatchPatchTicked Special
highlight default link BatchPatchUnticked Comment
highlight default link BatchPatchIndex LineNr
highlight default link BatchPatchKind Statement
highlight default link BatchPatchPlace Number
highlight default link BatchPatchViolation DiagnosticError

let b:current_syntax = 'batchpatch'
