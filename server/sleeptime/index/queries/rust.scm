(struct_item name: (type_identifier) @name) @definition.struct
(union_item name: (type_identifier) @name) @definition.struct
(enum_item name: (type_identifier) @name) @definition.enum
(enum_variant name: (identifier) @name) @definition.constant
(trait_item name: (type_identifier) @name) @definition.trait
(impl_item type: [(type_identifier) @name (generic_type type: (type_identifier) @name)
  (scoped_type_identifier name: (type_identifier) @name)
  (generic_type type: (scoped_type_identifier name: (type_identifier) @name))]) @container
(mod_item name: (identifier) @name body: (_)) @definition.namespace
(function_item name: (identifier) @name) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.constant
(type_item name: (type_identifier) @name) @definition.type
(associated_type name: (type_identifier) @name) @definition.type
(macro_definition name: (identifier) @name) @definition.macro
(field_declaration name: (field_identifier) @name) @definition.field
(line_comment) @comment
(block_comment) @comment
(attribute_item) @attribute

(use_declaration argument: (_) @module) @import
(mod_item name: (identifier) @module !body) @import
(use_declaration (visibility_modifier) @reexport argument: (_) @module) @import

(parameter pattern: (identifier) @local)
(parameter pattern: (mut_pattern (identifier) @local))
(let_declaration pattern: (identifier) @local)
(let_declaration pattern: (mut_pattern (identifier) @local))
(tuple_pattern (identifier) @local)
(for_expression pattern: (identifier) @local)
(closure_parameters (identifier) @local)
(tuple_struct_pattern (identifier) @local)

(let_declaration pattern: [(identifier) @target (mut_pattern (identifier) @target)]
  value: [(call_expression) (identifier) (field_expression) (try_expression (call_expression)) (await_expression)] @value)
(let_declaration pattern: [(identifier) @target (mut_pattern (identifier) @target)] type: (_) @annotation)
(let_declaration pattern: [(identifier) @target (mut_pattern (identifier) @target)]
  value: (struct_expression name: (_) @annotation))
(parameter pattern: [(identifier) @target (mut_pattern (identifier) @target)] type: (_) @annotation)
(field_declaration name: (field_identifier) @target type: (_) @annotation)

(impl_item trait: (_) @base)
(trait_bounds (_) @base)
(call_expression function: [(identifier) (field_expression) (scoped_identifier)] @call)
(call_expression function: (generic_function function: [(identifier) (field_expression) (scoped_identifier)] @call))
(struct_expression name: (_) @call)
(macro_invocation macro: [(identifier) (scoped_identifier)] @call)
((macro_invocation macro: (identifier) @raise) (#any-of? @raise "panic" "unreachable" "unimplemented" "todo"))
((call_expression function: (identifier) @_err arguments: (arguments . [(scoped_identifier) @raise
  (call_expression function: (scoped_identifier) @raise) (struct_expression name: (_) @raise)])) (#eq? @_err "Err"))
(return_expression (_) @return)
(assignment_expression left: (field_expression) @write)
(compound_assignment_expr left: (field_expression) @write)
(field_expression) @read
(scoped_identifier) @read
(scoped_type_identifier) @type
(type_identifier) @type
(identifier) @identifier
