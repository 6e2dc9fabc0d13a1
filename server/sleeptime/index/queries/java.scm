(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(annotation_type_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_constant name: (identifier) @name) @definition.constant
(constructor_declaration name: (identifier) @name) @definition.method
(compact_constructor_declaration name: (identifier) @name) @definition.method
(method_declaration name: (identifier) @name) @definition.method
(annotation_type_element_declaration name: (identifier) @name) @definition.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.variable
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @name) @definition.field))
(block_comment) @comment
(line_comment) @comment

(import_declaration (_) @module .) @import
(import_declaration (_) @module (asterisk) @imported) @import

(formal_parameter name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(catch_formal_parameter name: (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(inferred_parameters (identifier) @local)

(formal_parameter type: (_) @annotation name: (identifier) @target)
(local_variable_declaration type: (_) @annotation declarator: (variable_declarator name: (identifier) @target))
((local_variable_declaration type: (_) @_var declarator: (variable_declarator name: (identifier) @target
  value: [(object_creation_expression) (method_invocation)] @value)) (#eq? @_var "var"))
(field_declaration type: (_) @annotation declarator: (variable_declarator name: (identifier) @target))
(enhanced_for_statement type: (_) @annotation name: (identifier) @target)
(catch_formal_parameter (catch_type (_) @annotation) name: (identifier) @target)

(superclass (_) @base)
(super_interfaces (type_list (_) @base))
(extends_interfaces (type_list (_) @base))
(marker_annotation name: (_) @decorator)
(annotation name: (_) @decorator)
(throw_statement (object_creation_expression type: (_) @raise))
(throws (_) @raise)
(return_statement (_) @return)
(object_creation_expression type: (_) @call)
(method_invocation object: (_) @receiver name: (identifier) @call)
(method_invocation !object name: (identifier) @call)
(method_reference . (_) @receiver (identifier) @call .)
(assignment_expression left: (field_access) @write)
(assignment_expression left: (identifier) @write)
(field_access) @read
(scoped_type_identifier) @type
(type_identifier) @type
(identifier) @identifier
