; inherits: ecmascript
(class_heritage [(identifier) (member_expression) (call_expression)] @base)
(field_definition property: [(property_identifier) (private_property_identifier)] @name) @definition.field
(jsx_opening_element name: [(identifier) (member_expression)] @call)
(jsx_self_closing_element name: [(identifier) (member_expression)] @call)
(formal_parameters (identifier) @local)
(formal_parameters (assignment_pattern left: (identifier) @local))
