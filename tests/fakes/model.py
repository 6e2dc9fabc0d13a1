"""A model that only has a name, and knows whether it was closed."""


class FakeModel:
    context_tokens = 4096

    def __init__(self, name: str = "echo") -> None:
        self.name = name
        self.closed = 0

    def close(self) -> None:
        self.closed += 1
