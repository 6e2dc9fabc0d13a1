"""Process 1: the editor's language server. It reads the store and never touches a model."""
