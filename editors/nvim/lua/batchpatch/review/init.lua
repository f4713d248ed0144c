--- A batch is looked at, its patches are ticked, and what is ticked is applied.
---
--- What is shown is always what the server says of exactly what is ticked, for texts that are named by
--- their tokens: what is applied in the end is what was looked at, or nothing.

local M = {}

local batchpatch = require('batchpatch')
local diff_of = require('batchpatch.review.diff')
local lines_of = require('batchpatch.review.lines')
local report = require('batchpatch.report')
local selection_of = require('batchpatch.review.selection')
local server = require('batchpatch.server')
local window_of = require('batchpatch.review.window')

---@class batchpatch.Review
---@field selection batchpatch.Selection
---@field folder string the folder at which relative URIs start
---@field outcome? batchpatch.Outcome of what is ticked
---@field failure? string why there is none
---@field asked integer how often the server was asked for one
---@field is_applying boolean
---@field bufnr? integer
---@field places table<integer, batchpatch.Place> by line of the window
---@field diff? batchpatch.Diff

---@type batchpatch.Review?
local current

---@param review batchpatch.Review
---@return integer? window
local function window(review)
  local found = review.bufnr and vim.fn.bufwinid(review.bufnr) or -1
  return found ~= -1 and found or nil
end

---@param review batchpatch.Review
local function close(review)
  if review.diff then
    diff_of.close(review.diff)
    review.diff = nil
  end
  if current == review then
    current = nil
  end
  if review.bufnr and vim.api.nvim_buf_is_valid(review.bufnr) then
    vim.api.nvim_buf_delete(review.bufnr, { force = true })
  end
end

--- Shows the review as it is now; the cursor stays on the patch that it is on.
---@param review batchpatch.Review
local function render(review)
  local shown = window(review)
  local at = shown and review.places[vim.api.nvim_win_get_cursor(shown)[1]]
  local lines, places = lines_of.of(review)
  window_of.set_lines(review.bufnr, lines)
  review.places = places
  for line = 1, at and #lines or 0 do
    if vim.deep_equal(places[line], at) then
      vim.api.nvim_win_set_cursor(shown, { line, 0 })
      return
    end
  end
end

--- The text that a document has, by the server's account, whether or not it is open.
---@param review batchpatch.Review
---@param document integer
---@param done fun(text?: string)
local function text_of(review, document, done)
  local options = { uri = review.selection.batch.documents[document].uri }
  batchpatch.snapshot(options, function(_, snapshot)
    done(snapshot and snapshot.text)
  end)
end

---@param review batchpatch.Review
---@param document integer
---@return string? text
local function text_after(review, document)
  local uri = review.selection.batch.documents[document].uri
  for _, of in ipairs(review.outcome and review.outcome.documents or {}) do
    if of.uri == uri then
      return of.text
    end
  end
end

--- Asks the server what would become of what is ticked.
---@param review batchpatch.Review
---@param done fun()
local function ask(review, done)
  review.asked = review.asked + 1
  local question = review.asked
  local batch = selection_of.ticked_batch(review.selection)
  if not batch then
    review.outcome, review.failure = nil, nil
    done()
    return
  end
  batchpatch.preview(batch, { text = review.diff ~= nil }, function(failure, outcome)
    -- Another patch may have been ticked meanwhile.
    if question == review.asked then
      review.outcome, review.failure = outcome, failure
      done()
    end
  end)
end

---@param review batchpatch.Review
local function refresh(review)
  ask(review, function()
    if current ~= review then
      return
    end
    render(review)
    local diff = review.diff
    if diff then
      text_of(review, diff.document, function(before)
        diff_of.update(diff, before or '', text_after(review, diff.document))
      end)
    end
  end)
end

--- Takes the texts as they are now for the ones that are looked at.
---@param review batchpatch.Review
---@param done fun()
local function reread(review, done)
  local uris = selection_of.without_token(review.selection)
  local missing = vim.tbl_count(uris)
  if missing == 0 then
    done()
    return
  end
  for document, uri in pairs(uris) do
    local options = { uri = uri, startLine = 1, endLine = 1 }
    batchpatch.snapshot(options, function(_, snapshot)
      -- Where there is none, the preview says why.
      review.selection.tokens[document] = snapshot and snapshot.snapshot
      missing = missing - 1
      if missing == 0 then
        done()
      end
    end)
  end
end

---@param review batchpatch.Review
---@return batchpatch.Place?
local function place(review)
  local shown = window(review)
  return shown and review.places[vim.api.nvim_win_get_cursor(shown)[1]]
end

--- What each key does.
local actions = {} ---@type table<string, fun(review: batchpatch.Review)>

--- The patch under the cursor; on a document, all of its patches.
function actions.tick(review)
  local at = place(review)
  if not at then
    return
  end
  local ticked = review.selection.ticked[at.document]
  if at.patch then
    ticked[at.patch] = not ticked[at.patch]
  else
    local is_whole = not vim.list_contains(ticked, false)
    selection_of.tick_document(review.selection, at.document, not is_whole)
  end
  refresh(review)
end

function actions.all(review)
  selection_of.tick_all(review.selection, true)
  refresh(review)
end

function actions.none(review)
  selection_of.tick_all(review.selection, false)
  refresh(review)
end

function actions.reread(review)
  reread(review, function()
    refresh(review)
  end)
end

function actions.diff(review)
  local at = place(review)
  if not at then
    return
  end
  local of = review.selection.batch.documents[at.document]
  local patch = of.patches[at.patch or 1]
  local line = patch and (patch.line or patch.lineNumber or patch.range.start.line + 1) or 1
  local diff = review.diff
  if diff and diff.document == at.document and diff_of.is_open(diff) then
    diff_of.show_line(diff, line)
    return
  end
  if diff then
    diff_of.close(diff)
    review.diff = nil
  end
  text_of(review, at.document, function(before)
    local preview = window(review)
    if not before or not preview or review.diff then
      return
    end
    local texts = { uri = of.uri, before = before }
    review.diff = diff_of.open(at.document, texts, review.folder, preview)
    diff_of.show_line(review.diff, line)
    refresh(review)
  end)
end

--- All or nothing, as every batch. Where it is rejected, the window says why.
function actions.apply(review)
  if review.is_applying then
    return
  end
  local batch = selection_of.ticked_batch(review.selection)
  if not batch then
    report.note('no patch is ticked')
    return
  end
  local tell = report.teller(batch.positionEncoding)
  review.is_applying = true
  batchpatch.apply(batch, function(failure, outcome, unwritten)
    review.is_applying = false
    tell(failure, outcome, unwritten)
    local is_done = outcome and vim.list_contains({ 'applied', 'partial', 'noop' }, outcome.status)
    if is_done then
      close(review)
    else
      refresh(review)
    end
  end)
end

actions.close = close

--- The keys of the preview, and the actions that they are for.
---@type table<string, string>
M.keys = {
  ['<Space>'] = 'tick',
  x = 'tick',
  a = 'all',
  n = 'none',
  r = 'reread',
  ['<CR>'] = 'diff',
  A = 'apply',
  q = 'close',
}

---@param review batchpatch.Review
---@param enters boolean
local function show(review, enters)
  local lines = lines_of.of(review)
  review.bufnr = window_of.open(#lines, enters)
  for key, action in pairs(M.keys) do
    vim.keymap.set('n', key, function()
      actions[action](review)
    end, { buffer = review.bufnr, nowait = true, desc = 'batchpatch: ' .. action })
  end
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = vim.api.nvim_create_augroup('batchpatch.review', {}),
    buffer = review.bufnr,
    callback = vim.schedule_wrap(function()
      review.bufnr = nil
      close(review)
    end),
    desc = 'Close the diff with the preview',
  })
  render(review)
  local first = vim.iter(pairs(review.places)):fold(#lines, function(least, line, at)
    return at.patch and math.min(least, line) or least
  end)
  vim.api.nvim_win_set_cursor(assert(window(review)), { first, 0 })
end

--- What changes as soon as the user goes on with something else.
---@return table
local function whereabouts()
  local cursor = vim.api.nvim_win_get_cursor(0)
  return { vim.api.nvim_get_current_win(), vim.api.nvim_get_mode().mode, cursor }
end

--- Opens the preview of a batch with all patches ticked, in the place of the one that is open.
---@param batch batchpatch.Batch
---@param callback batchpatch.Callback
function M.open(batch, callback)
  local before = whereabouts()
  -- Only a well-formed batch can be taken apart, and only the server knows whether it is.
  batchpatch.preview(batch, nil, function(failure, answer)
    if not answer then
      callback(failure)
      return
    end
    local review = { ---@type batchpatch.Review
      selection = selection_of.new(batch),
      folder = server.folder(),
      outcome = answer,
      asked = 0,
      is_applying = false,
      places = {},
    }
    reread(review, function()
      ask(review, function()
        if current then
          local previous = current
          current = nil
          if previous.diff then
            diff_of.close(previous.diff)
          end
        end
        current = review
        show(review, vim.deep_equal(before, whereabouts()))
        callback(review.failure, review.outcome)
      end)
    end)
  end)
end

return M
