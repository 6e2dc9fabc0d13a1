; inherits: ecmascript
(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(type_alias_declaration name: (_) @name) @definition.type
(enum_declaration name: (_) @name) @definition.enum
(enum_body name: (property_identifier) @name @definition.constant)
(enum_assignment name: (property_identifier) @name) @definition.constant
(internal_module name: (_) @name) @definition.namespace
(module name: (_) @name) @definition.namespace
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.field
(property_signature name: (property_identifier) @name) @definition.field
(method_signature name: (property_identifier) @name) @definition.method
(abstract_method_signature name: (property_identifier) @name) @definition.method
(function_signature name: (identifier) @name) @definition.function
(ambient_declaration (_) @inner) @outer
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field

(required_parameter pattern: (identifier) @local)
(optional_parameter pattern: (identifier) @local)

(required_parameter pattern: (identifier) @target type: (type_annotation) @annotation)
(optional_parameter pattern: (identifier) @target type: (type_annotation) @annotation)
(variable_declarator name: (identifier) @target type: (type_annotation) @annotation)
(public_field_definition name: (_) @target type: (type_annotation) @annotation)
(public_field_definition name: (_) @target value: [(new_expression) (call_expression)] @value)
(property_signature name: (_) @target type: (type_annotation) @annotation)

(extends_clause value: [(identifier) (member_expression) (call_expression)] @base)
(implements_clause [(type_identifier) (generic_type) (nested_type_identifier)] @base)
(extends_type_clause type: [(type_identifier) (generic_type) (nested_type_identifier)] @base)
(type_identifier) @type
(nested_type_identifier) @type
(class_body (decorator) @attribute)
