; inherits: c
(class_specifier name: (type_identifier) @name body: (_)) @definition.class
(class_specifier name: (template_type name: (type_identifier) @name) body: (_)) @definition.class
(namespace_definition name: (_) @name) @definition.namespace
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(function_definition declarator: (function_declarator declarator: [(field_identifier) (destructor_name) (operator_name)] @name)) @definition.function
(function_definition declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (operator_name)] @name))) @definition.function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))) @definition.function
(function_definition declarator: (function_declarator declarator: (qualified_identifier scope: (_) @owner
  name: [(identifier) (destructor_name) (operator_name)] @name))) @definition.function
(function_definition declarator: (function_declarator declarator: (qualified_identifier
  name: (qualified_identifier scope: (_) @owner name: [(identifier) (destructor_name) (operator_name)] @name)))) @definition.function
(function_definition declarator: (reference_declarator (function_declarator declarator: (qualified_identifier scope: (_) @owner
  name: [(identifier) (operator_name)] @name)))) @definition.function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier scope: (_) @owner
  name: (identifier) @name)))) @definition.function
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @definition.function
(field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))) @definition.function
(field_declaration declarator: (reference_declarator (function_declarator declarator: (field_identifier) @name))) @definition.function
(declaration declarator: (function_declarator declarator: (destructor_name) @name)) @definition.function
(template_declaration [(class_specifier) (struct_specifier) (function_definition) (declaration) (alias_declaration)] @inner) @outer

(using_declaration (_) @module) @import
(parameter_declaration declarator: (reference_declarator (identifier) @local))
(optional_parameter_declaration declarator: (identifier) @local)
(for_range_loop declarator: (identifier) @local)
(declaration declarator: (init_declarator declarator: (identifier) @target value: [(new_expression) (call_expression)] @value))
(parameter_declaration type: (_) @annotation declarator: (reference_declarator (identifier) @target))
(base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base)
(throw_statement (call_expression function: [(identifier) (qualified_identifier)] @raise))
(call_expression function: (qualified_identifier) @call)
(call_expression function: (template_function name: (identifier) @call))
(new_expression type: (_) @call)
(qualified_identifier) @read
