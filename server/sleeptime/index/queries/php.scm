(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.trait
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.constant
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(const_declaration (const_element (name) @name)) @definition.constant
(property_declaration (property_element name: (variable_name (name) @name))) @definition.field
(property_promotion_parameter name: (variable_name (name) @name)) @definition.field
((function_call_expression function: (name) @_define arguments: (arguments . (argument (string (string_content) @name))))
  @definition.constant (#eq? @_define "define"))
(assignment_expression left: (member_access_expression object: (variable_name) @receiver name: (name) @name)) @field
(comment) @comment
(attribute_list) @attribute

(namespace_use_clause [(qualified_name) (name)] @module !alias) @import
(namespace_use_clause [(qualified_name) (name)] @module alias: (name) @alias) @import
(require_once_expression (string (string_content) @module)) @import
(require_expression (string (string_content) @module)) @import
(include_expression (string (string_content) @module)) @import
(include_once_expression (string (string_content) @module)) @import

(simple_parameter name: (variable_name) @local)
(simple_parameter type: (_) @annotation name: (variable_name) @target)
(property_promotion_parameter type: (_) @annotation name: (variable_name (name) @target))
(property_declaration type: (_) @annotation (property_element name: (variable_name (name) @target)))
(assignment_expression left: [(variable_name) (member_access_expression)] @target
  right: [(object_creation_expression) (function_call_expression) (member_call_expression)] @value)

(base_clause (_) @base)
(class_interface_clause (_) @base)
(use_declaration (_) @base)
(attribute (name) @decorator)
(throw_expression (object_creation_expression [(name) (qualified_name)] @raise))
(return_statement (_) @return)
(object_creation_expression [(name) (qualified_name)] @call)
(function_call_expression function: [(name) (qualified_name)] @call)
(member_call_expression object: (_) @receiver name: (name) @call)
(nullsafe_member_call_expression object: (_) @receiver name: (name) @call)
(scoped_call_expression scope: (_) @receiver name: (name) @call)
(assignment_expression left: (member_access_expression object: (_) @receiver name: (name) @write))
(member_access_expression object: (_) @receiver name: (name) @read)
(class_constant_access_expression (_) @receiver (name) @read)
(named_type [(name) (qualified_name)] @type)
