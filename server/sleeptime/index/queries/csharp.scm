(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.constant
(delegate_declaration name: (identifier) @name) @definition.type
(namespace_declaration name: (_) @name) @definition.namespace
(constructor_declaration name: (identifier) @name) @definition.method
(method_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name) @definition.function
(property_declaration name: (identifier) @name) @definition.property
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
((field_declaration (modifier) @_const (variable_declaration (variable_declarator name: (identifier) @name)))
  @definition.constant (#eq? @_const "const"))
(comment) @comment

(using_directive (_) @module .) @import
(using_directive name: (_) @alias (_) @module .) @import

(parameter name: (identifier) @local)
(local_declaration_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(foreach_statement left: (identifier) @local)
(catch_declaration name: (identifier) @local)
(parameter type: (_) @annotation name: (identifier) @target)
(local_declaration_statement (variable_declaration type: (_) @annotation (variable_declarator name: (identifier) @target)))
(local_declaration_statement (variable_declaration type: (implicit_type)
  (variable_declarator name: (identifier) @target [(object_creation_expression) (invocation_expression)] @value)))
(field_declaration (variable_declaration type: (_) @annotation (variable_declarator name: (identifier) @target)))
(property_declaration type: (_) @annotation name: (identifier) @target)

(base_list (_) @base)
(attribute name: (_) @decorator)
(throw_statement (object_creation_expression type: (_) @raise))
(throw_expression (object_creation_expression type: (_) @raise))
(return_statement (_) @return)
(object_creation_expression type: (_) @call)
(invocation_expression function: [(identifier) (member_access_expression)] @call)
(invocation_expression function: (generic_name (identifier) @call))
(assignment_expression left: [(identifier) (member_access_expression)] @write)
(member_access_expression) @read
(identifier) @identifier
