; Definitions. A variable inside a function is a local, not a symbol: symbols.py sees to that.
(class_definition name: (identifier) @name) @definition.class
(function_definition name: (identifier) @name) @definition.function
(type_alias_statement left: (type (identifier) @name)) @definition.type
(assignment left: (identifier) @name) @definition.variable
(assignment left: (pattern_list (identifier) @name)) @definition.variable
(assignment left: (attribute object: (identifier) @receiver attribute: (identifier) @name)) @field
(decorated_definition definition: (_) @inner) @outer

(module . (comment)* . (expression_statement (string) @docstring)) @documented
(class_definition body: (block . (comment)* . (expression_statement (string) @docstring))) @documented
(function_definition body: (block . (comment)* . (expression_statement (string) @docstring))) @documented

; Imports, one match a name.
(import_statement name: (dotted_name) @module) @import
(import_statement name: (aliased_import name: (dotted_name) @module alias: (identifier) @alias)) @import
(import_from_statement module_name: (_) @module name: (dotted_name) @imported) @import
(import_from_statement module_name: (_) @module
  name: (aliased_import name: (dotted_name) @imported alias: (identifier) @alias)) @import
(import_from_statement module_name: (_) @module (wildcard_import) @imported) @import

; Names that are bound where they stand.
(parameters [(identifier) @local (default_parameter name: (identifier) @local) (typed_parameter (identifier) @local)
  (typed_default_parameter name: (identifier) @local)])
(lambda_parameters [(identifier) @local (default_parameter name: (identifier) @local)])
(list_splat_pattern (identifier) @local)
(dictionary_splat_pattern (identifier) @local)
(for_statement left: (identifier) @local)
(for_in_clause left: (identifier) @local)
(pattern_list (identifier) @local)
(tuple_pattern (identifier) @local)
(as_pattern_target (identifier) @local)
(named_expression name: (identifier) @local)
(global_statement (identifier) @global)

; What a name holds.
(assignment left: [(identifier) (attribute)] @target right: (call function: (_) @callee))
(assignment left: [(identifier) (attribute)] @target right: (await (call function: (_) @callee)))
(assignment left: [(identifier) (attribute)] @target right: [(identifier) (attribute)] @value)
(assignment left: [(identifier) (attribute)] @target right: [
  (boolean_operator (call function: (_) @callee))
  (boolean_operator [(identifier) (attribute)] @value)
  (conditional_expression . (call function: (_) @callee))
  (conditional_expression (call function: (_) @callee) .)
  (conditional_expression . [(identifier) (attribute)] @value)
  (conditional_expression [(identifier) (attribute)] @value .)])
(assignment left: (pattern_list . (identifier) @target) right: (expression_list . (call function: (_) @callee)))
(assignment left: (pattern_list . (_) . (identifier) @target)
  right: (expression_list . (_) . (call function: (_) @callee)))
(assignment left: [(identifier) (attribute)] @target type: (type) @annotation)
(named_expression name: (identifier) @target value: (_) @value)
(typed_parameter . (identifier) @target type: (type) @annotation)
(typed_default_parameter name: (identifier) @target type: (type) @annotation)
(with_item value: (as_pattern (call function: (_) @callee) alias: (as_pattern_target (identifier) @target)))
(except_clause value: (as_pattern . [(identifier) (attribute)] @annotation
  alias: (as_pattern_target (identifier) @target)))

; Uses.
(class_definition superclasses: (argument_list [(identifier) (attribute) (subscript) (call)] @base))
(decorator (_) @decorator)
(raise_statement . (call function: [(identifier) (attribute)] @raise))
(raise_statement . [(identifier) (attribute)] @raise)
(return_statement (_) @return)
(type [(identifier) (attribute)] @type)
(assignment left: (attribute) @write)
(augmented_assignment left: [(identifier) (attribute)] @write)
(pattern_list (attribute) @write)
(attribute object: (call) @receiver attribute: (identifier) @read)

; What is no code, for dotted.py.
(string) @opaque
(comment) @comment
(interpolation) @interpolated
