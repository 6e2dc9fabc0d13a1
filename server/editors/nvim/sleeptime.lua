-- Sleeptime for Neovim 0.11 or newer. Put this file into ~/.config/nvim/lsp/ and say vim.lsp.enable('sleeptime').
--   K                     hover, as with every language server
--   :SleeptimeAsk         choose or type a question; :SleeptimeAsk why is this here?   asks at once
--   :SleeptimeExplain     explain this module
-- vim.g.sleeptime_status holds what Sleeptime is doing, for a statusline.

--- Shows an answer in a floating window: `q` closes it, `gF` on a citation opens the file at that line.
local function show(failure, answer)
  if failure then return vim.notify(failure.message, vim.log.levels.ERROR) end
  local lines = vim.split(answer.markdown, '\n')
  for index, cited in ipairs(answer.evidence) do
    if index == 1 then vim.list_extend(lines, { '', '---', '' }) end
    table.insert(lines, ('%s:%d'):format(cited.path, cited.range.start.line + 1))
  end
  local _, window = vim.lsp.util.open_floating_preview(lines, 'markdown', { border = 'rounded', max_width = 88 })
  vim.api.nvim_set_current_win(window)
end

local function ask(client, question)
  if not question or question == '' then return end
  local cursor = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local argument = { question = question, uri = cursor.textDocument.uri, position = cursor.position }
  client:request('workspace/executeCommand', { command = 'sleeptime.ask', arguments = { argument } }, show)
end

local function choose_and_ask(client)
  local name, other = vim.fn.expand('<cword>'), 'Something else…'
  local questions = { 'What does ' .. name .. ' do?', 'Where is ' .. name .. ' used?', 'What is this file for?', other }
  vim.ui.select(questions, { prompt = 'Ask Sleeptime' }, function(chosen)
    if chosen ~= other then return ask(client, chosen) end
    vim.ui.input({ prompt = 'Question: ' }, function(typed) ask(client, typed) end)
  end)
end

local function explain(client)
  local argument = { uri = vim.uri_from_bufnr(0) }
  client:request('workspace/executeCommand', { command = 'sleeptime.explainModule', arguments = { argument } }, show)
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
  },
  on_attach = function(client, buffer)
    vim.api.nvim_buf_create_user_command(buffer, 'SleeptimeAsk', function(given)
      if given.args == '' then choose_and_ask(client) else ask(client, given.args) end
    end, { nargs = '*', desc = 'Ask Sleeptime about this code' })
    vim.api.nvim_buf_create_user_command(buffer, 'SleeptimeExplain', function() explain(client) end, {
      desc = 'Have Sleeptime explain this module',
    })
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
