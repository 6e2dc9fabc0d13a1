(function_declaration name: (identifier) @name) @definition.function
(method_declaration receiver: (parameter_list (parameter_declaration
  type: [(type_identifier) @owner (pointer_type (type_identifier) @owner) (generic_type type: (type_identifier) @owner)
    (pointer_type (generic_type type: (type_identifier) @owner))])) name: (field_identifier) @name) @definition.method
(type_spec name: (type_identifier) @name type: (struct_type)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @definition.interface
(type_spec name: (type_identifier) @name
  type: [(type_identifier) (qualified_type) (function_type) (map_type) (slice_type) (array_type) (pointer_type)
    (channel_type) (generic_type)]) @definition.type
(type_alias name: (type_identifier) @name) @definition.type
(const_spec name: (identifier) @name) @definition.constant
(var_spec name: (identifier) @name) @definition.variable
(field_declaration name: (field_identifier) @name) @definition.field
(method_elem name: (field_identifier) @name) @definition.method
(type_declaration . (type_spec) @inner .) @outer
(const_declaration . (const_spec) @inner .) @outer
(var_declaration . (var_spec) @inner .) @outer
(comment) @comment

(import_spec !name path: (_) @module) @import
(import_spec name: (package_identifier) @alias path: (_) @module) @import
(import_spec name: (dot) @imported path: (_) @module) @import

(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(range_clause left: (expression_list (identifier) @local))

(short_var_declaration left: (expression_list . (identifier) @target) right: (expression_list .
  [(call_expression) (identifier) (selector_expression)] @value))
(short_var_declaration left: (expression_list . (identifier) @target)
  right: (expression_list . (composite_literal type: (_) @annotation)))
(short_var_declaration left: (expression_list . (identifier) @target)
  right: (expression_list . (unary_expression operand: (composite_literal type: (_) @annotation))))
(parameter_declaration name: (identifier) @target type: (_) @annotation)
(var_spec name: (identifier) @target type: (_) @annotation)
(field_declaration name: (field_identifier) @target type: (_) @annotation)

(struct_type (field_declaration_list (field_declaration !name type: (_) @base)))
(interface_type (type_elem (_) @base))
(call_expression function: [(identifier) (selector_expression)] @call)
(composite_literal type: [(type_identifier) (qualified_type)] @call)
((call_expression function: (identifier) @raise) (#eq? @raise "panic"))
(keyed_element key: (literal_element (identifier) @skip))
(return_statement (expression_list (_) @return))
(assignment_statement left: (expression_list (selector_expression) @write))
(selector_expression) @read
(qualified_type) @type
(type_identifier) @type
(identifier) @identifier
