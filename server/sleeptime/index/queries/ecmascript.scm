; Shared by JavaScript and TypeScript: only node types that both grammars have.
(class_declaration name: (_) @name) @definition.class
(function_declaration name: (_) @name) @definition.function
(generator_function_declaration name: (_) @name) @definition.function
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(variable_declarator name: (identifier) @name) @definition.variable
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @definition.method
(assignment_expression left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: [(function_expression) (arrow_function)]) @definition.function
(assignment_expression left: (member_expression object: (this) @receiver property: (_) @name)) @field
(export_statement declaration: (_) @inner) @outer
(lexical_declaration . (variable_declarator) @inner .) @outer
(variable_declaration . (variable_declarator) @inner .) @outer
(comment) @comment

(import_statement (import_clause (identifier) @default) source: (string) @module) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @imported !alias))) source: (string) @module) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @imported alias: (_) @alias)))
  source: (string) @module) @import
(import_statement (import_clause (namespace_import (identifier) @alias)) source: (string) @module) @import
(import_statement . (string) @module) @import
(export_statement (export_clause (export_specifier name: (_) @imported !alias) @reexport) source: (string) @module) @import
(export_statement (export_clause (export_specifier name: (_) @imported alias: (_) @alias) @reexport)
  source: (string) @module) @import
(export_statement (namespace_export (_) @alias) @reexport source: (string) @module) @import
(export_statement "*" @imported @reexport source: (string) @module) @import
(export_statement (export_clause (export_specifier name: (_) @imported alias: (_) @alias) @reexport) !source) @import
(export_statement "default" @alias value: (identifier) @imported @reexport) @import
(export_statement "default" @alias declaration: [(class_declaration name: (_) @imported)
  (function_declaration name: (_) @imported)] @reexport) @import
((variable_declarator name: (identifier) @alias
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @module))) @import
  (#eq? @_require "require"))
((variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @imported)
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @module))) @import
  (#eq? @_require "require"))
((variable_declarator name: (object_pattern (pair_pattern key: (_) @imported value: (identifier) @alias))
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @module))) @import
  (#eq? @_require "require"))
(export_statement (export_clause (export_specifier name: (_) @exports)) !source)
(export_statement "default" value: (identifier) @exports)
((assignment_expression left: (member_expression object: (identifier) @_module property: (_) @_exports)
  right: (object [(shorthand_property_identifier) @exports (pair key: (_) @exports)]))
  (#eq? @_module "module") (#eq? @_exports "exports"))
((assignment_expression left: (member_expression object: (identifier) @_module property: (_) @_exports)
  right: (identifier) @exports) (#eq? @_module "module") (#eq? @_exports "exports"))
((assignment_expression left: (member_expression object: (identifier) @_exports property: (_) @exports))
  (#eq? @_exports "exports"))

(arrow_function parameter: (identifier) @local)
(rest_pattern (identifier) @local)
(shorthand_property_identifier_pattern) @local
(array_pattern (identifier) @local)
(pair_pattern value: (identifier) @local)
(for_in_statement left: (identifier) @local)
(catch_clause parameter: (identifier) @local)

(variable_declarator name: (identifier) @target
  value: [(call_expression) (new_expression) (identifier) (member_expression) (await_expression)] @value)
(assignment_expression left: [(identifier) (member_expression)] @target
  right: [(call_expression) (new_expression) (identifier) (member_expression)] @value)

(new_expression constructor: [(identifier) (member_expression)] @call)
(call_expression function: [(identifier) (member_expression)] @call)
(decorator (_) @decorator)
(throw_statement (new_expression constructor: [(identifier) (member_expression)] @raise))
(throw_statement (identifier) @raise)
(return_statement (_) @return)
(assignment_expression left: (member_expression) @write)
(augmented_assignment_expression left: (member_expression) @write)
(member_expression) @read
(identifier) @identifier
(shorthand_property_identifier) @identifier
