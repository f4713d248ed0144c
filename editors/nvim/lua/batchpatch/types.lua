---@meta
--- The shapes that go over the wire. docs/api.md and the JSON Schemas beside it say what they mean.

---@class batchpatch.Batch
---@field batchId? string
---@field label? string
---@field policy? 'atomic'|'bestEffort'
---@field onStale? 'reject'|'rebase'
---@field positionEncoding? 'utf-8'|'utf-16'|'utf-32' the unit of its columns; without it, the one that Neovim and the server have agreed upon
---@field documents? batchpatch.Batch.Document[] in their place the fields of a single document may stand in the batch itself
---@field uri? string
---@field snapshot? string
---@field version? integer
---@field patches? batchpatch.Patch[]

---@class batchpatch.Batch.Document
---@field uri string
---@field snapshot? string
---@field version? integer
---@field patches batchpatch.Patch[]

---@class batchpatch.Patch
---@field type 'replace'|'insert'|'delete'|'edit'
---@field line? integer from 1
---@field endLine? integer included
---@field text? string
---@field range? lsp.Range
---@field newText? string
---@field expect? string|{ first: string, last: string }

---@class batchpatch.Outcome
---@field batchId string
---@field status 'applied'|'partial'|'rejected'|'noop'|'rolledBack'|'failed'
---@field undoes? string
---@field documents batchpatch.Outcome.Document[]
---@field violations batchpatch.Violation[]
---@field moreViolations? table<string, integer>
---@field repairedBatch? batchpatch.Batch
---@field preview? true
---@field replayed? true
---@field warnings string[]
---@field durationMs number

---@class batchpatch.Outcome.Document
---@field uri string
---@field state 'before'|'after'|'other'|'unknown'
---@field fromRevision string
---@field toRevision? string
---@field version? integer
---@field snapshot? string
---@field confirmed? boolean
---@field patches integer
---@field linesBefore integer
---@field linesAfter? integer
---@field changed [integer, integer][]
---@field diff? string
---@field text? string

---@class batchpatch.Violation
---@field law? integer
---@field code string
---@field uri string
---@field patch? integer from 0
---@field conflictsWith? integer
---@field range lsp.Range
---@field message string
---@field actual? string[]
---@field was? string[]
---@field suggestion? { patches: table<string, batchpatch.Patch> }

---@class batchpatch.Snapshot
---@field uri string
---@field snapshot string
---@field revision string
---@field version? integer
---@field startLine integer
---@field endLine integer
---@field clamped boolean
---@field lineCount integer
---@field text string
---@field numbered string

---@class batchpatch.History
---@field batches batchpatch.History.Batch[]

---@class batchpatch.History.Batch
---@field batchId string
---@field label? string
---@field status string
---@field undoes? string
---@field undone boolean
---@field documents batchpatch.History.Document[]

---@class batchpatch.History.Document
---@field uri string
---@field undone boolean
---@field state string
---@field textBefore? string

---@class batchpatch.Status
---@field version string
---@field positionEncoding string
---@field documents batchpatch.Status.Document[]
---@field outstandingBatches integer
---@field queuedBytes integer
---@field limits table<string, integer>

---@class batchpatch.Status.Document
---@field uri string
---@field version integer
---@field revision string
---@field lines integer
---@field bytes integer
---@field outOfSync? string
