(function_definition name: (word) @name) @definition.function
(variable_assignment name: (variable_name) @name) @definition.variable
(declaration_command . (variable_assignment) @inner .) @outer
(comment) @comment

((command name: (command_name (word) @_source) argument: [(word) (string) (raw_string) (concatenation)] @module) @import
  (#any-of? @_source "source" "."))

(command name: (command_name (word) @call))
(simple_expansion (variable_name) @identifier)
(expansion (variable_name) @identifier)
