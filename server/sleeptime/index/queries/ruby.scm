(class name: (constant) @name) @definition.class
(class name: (scope_resolution name: (constant) @name)) @definition.class
(module name: (constant) @name) @definition.namespace
(module name: (scope_resolution name: (constant) @name)) @definition.namespace
(method name: (_) @name) @definition.function
(singleton_method name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method
(assignment left: (constant) @name) @definition.constant
((call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name @definition.property))
  (#any-of? @_attr "attr_reader" "attr_writer" "attr_accessor"))

(assignment left: (instance_variable) @name @receiver) @field
(comment) @comment

((call method: (identifier) @_require arguments: (argument_list (string) @module)) @import
  (#any-of? @_require "require" "require_relative" "load"))

(method_parameters (identifier) @local)
(method_parameters (optional_parameter name: (identifier) @local))
(method_parameters (keyword_parameter name: (identifier) @local))
(block_parameters (identifier) @local)
(assignment left: (identifier) @local)
(assignment left: [(identifier) (instance_variable)] @target right: [(call) (constant) (instance_variable)] @value)

(superclass (_) @base)
((call method: (identifier) @_include arguments: (argument_list [(constant) (scope_resolution)] @base))
  (#any-of? @_include "include" "extend" "prepend"))
((call method: (identifier) @_raise arguments: (argument_list . [(constant) (scope_resolution)] @raise))
  (#any-of? @_raise "raise" "fail"))
((call method: (identifier) @_raise arguments: (argument_list . (call receiver: [(constant) (scope_resolution)] @raise)))
  (#any-of? @_raise "raise" "fail"))
(return (argument_list (_) @return))
(call receiver: (_) @receiver method: (_) @call)
(call !receiver method: (identifier) @call)
(assignment left: (instance_variable) @write)
(scope_resolution) @read
(constant) @identifier
(identifier) @identifier
