-- Sleeptime for Neovim 0.11 or newer. Put this file into ~/.config/nvim/lsp/ and say vim.lsp.enable('sleeptime').
--   K                     hover, as with every language server
--   :SleeptimeAsk         choose from the questions that are answered here; :SleeptimeAsk why is this here?   asks at once
--   :SleeptimeExplain     explain this module
--   grx (or vim.lsp.codelens.run())   show the answers of the code lens on this line; gra offers Sleeptime's code actions
-- In an answer: q closes it, gF on a citation opens the file at that line, gr goes on: with one of the follow-ups that are
-- answered already, or one of your own. vim.g.sleeptime_status holds what Sleeptime is doing, for a statusline.

local choose_and_ask, ask

--- An answer as lines of Markdown.
local function lines_of(answer)
  local lines = vim.split(answer.markdown, '\n')
  if not answer.fresh then
    vim.list_extend(lines, { '', '*Out of date: the code changed after this was written.*' })
  elseif answer.changedLines > 0 then
    vim.list_extend(lines, { '', ('*Evidence changed: %d of the cited lines.*'):format(answer.changedLines) })
  end
  for index, cited in ipairs(answer.evidence) do
    if index == 1 then vim.list_extend(lines, { '', '---', '' }) end
    table.insert(lines, ('%s:%d'):format(cited.path, cited.range.start.line + 1))
  end
  if answer.footer ~= '' then vim.list_extend(lines, { '', '*' .. answer.footer .. '*' }) end
  return lines
end

--- Shows an answer in a floating window.
local function show(client, failure, answer)
  if failure then return vim.notify(failure.message, vim.log.levels.ERROR) end
  local here = vim.api.nvim_get_current_win()
  if vim.api.nvim_win_get_config(here).relative ~= '' then vim.api.nvim_win_close(here, true) end
  local options = { border = 'rounded', max_width = 88 }
  local buffer, window = vim.lsp.util.open_floating_preview(lines_of(answer), 'markdown', options)
  vim.api.nvim_set_current_win(window)
  vim.keymap.set('n', 'gr', function() choose_and_ask(client, answer) end, { buffer = buffer, nowait = true, desc = 'Follow up' })
end

--- Opens an answer that is ready.
local function open(client, id)
  client:request('sleeptime/answer', { id = id }, function(failure, answer) show(client, failure, answer) end)
end

--- Asks; `thread` goes on with a conversation.
function ask(client, question, thread)
  if not question or question == '' then return end
  local argument = { question = question, thread = thread }
  if not thread then
    local cursor = vim.lsp.util.make_position_params(0, client.offset_encoding)
    argument.uri, argument.position = cursor.textDocument.uri, cursor.position
  end
  local command = { command = 'sleeptime.ask', arguments = { argument } }
  client:request('workspace/executeCommand', command, function(failure, answer) show(client, failure, answer) end)
end

--- Offers questions that are answered already, and one's own.
local function choose(client, questions, thread)
  local other = { question = 'Something else…' }
  table.insert(questions, other)
  local function label(item) return item.question .. (item.preview and item.preview ~= '' and '  ' .. item.preview or '') end
  vim.ui.select(questions, { prompt = 'Ask Sleeptime', format_item = label }, function(chosen)
    if not chosen then return end
    if chosen ~= other then return open(client, chosen.id) end
    vim.ui.input({ prompt = 'Question: ' }, function(typed) ask(client, typed, thread) end)
  end)
end

--- Offers what is answered here or, after an answer, what it leads to.
function choose_and_ask(client, answer)
  if answer then return choose(client, vim.deepcopy(answer.followUps), answer.thread ~= '' and answer.thread or nil) end
  local cursor = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local near = { text = '', uri = cursor.textDocument.uri, position = cursor.position, limit = 15 }
  client:request('sleeptime/suggest', near, function(failure, questions)
    if failure then return vim.notify(failure.message, vim.log.levels.ERROR) end
    choose(client, questions)
  end)
end

local function explain(client)
  local argument = { uri = vim.uri_from_bufnr(0) }
  local command = { command = 'sleeptime.explainModule', arguments = { argument } }
  client:request('workspace/executeCommand', command, function(failure, answer) show(client, failure, answer) end)
end

return {
  cmd = { 'sleeptime', 'serve' },
  root_markers = { '.git' },
  filetypes = {
    'bash', 'c', 'cpp', 'cs', 'go', 'java', 'javascript', 'javascriptreact', 'markdown', 'php', 'python', 'rst', 'ruby',
    'rust', 'sh', 'typescript', 'typescriptreact',
  },
  handlers = {
    ['sleeptime/status'] = function(_, status) vim.g.sleeptime_status = status.state end,
    ['sleeptime/changed'] = function() end,
  },
  on_attach = function(client, buffer)
    vim.api.nvim_buf_create_user_command(buffer, 'SleeptimeAsk', function(given)
      if given.args == '' then choose_and_ask(client) else ask(client, given.args) end
    end, { nargs = '*', desc = 'Ask Sleeptime about this code' })
    vim.api.nvim_buf_create_user_command(buffer, 'SleeptimeExplain', function() explain(client) end, {
      desc = 'Have Sleeptime explain this module',
    })
    vim.lsp.codelens.refresh({ bufnr = buffer })
    vim.api.nvim_create_autocmd({ 'BufEnter', 'BufWritePost' }, {
      buffer = buffer,
      callback = function() vim.lsp.codelens.refresh({ bufnr = buffer }) end,
    })
    vim.keymap.set('n', 'grx', vim.lsp.codelens.run, { buffer = buffer, desc = 'Show the answers of this code lens' })
  end,
  on_init = function(client)
    -- The terminal tells of its focus where it can (tmux: set -g focus-events on): changes made elsewhere are looked for.
    vim.api.nvim_create_autocmd('FocusGained', {
      callback = function()
        if client:is_stopped() then return true end -- which ends this autocommand
        client:notify('sleeptime/focus')
      end,
      desc = 'Tell Sleeptime that the person is back',
    })
  end,
}
