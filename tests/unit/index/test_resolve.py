"""What a name holds, told by its assignments, annotations and what functions return: each case calls `Engine.start`."""

import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import Graph

LIBRARY = """
class Engine:
    def start(self): ...
    def clone(self): return Engine()
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def build() -> "Engine": ...

class Turbo(Engine): ...

class Car:
    engine_class = Engine
    shared = Engine()
    def __init__(self, spare=None):
        self.engine = self.engine_class()
        self.other = make_engine()
        self.spare = spare or Engine()
    def get(self): return self.engine
    @property
    def property(self): return self.other
    @cached_property
    def lazy(self) -> Engine: ...
    def __enter__(self): return self

def make_engine() -> Engine: ...

def untyped():
    engine = Engine()
    return engine
"""
CASES = {
    "an assignment": "e = Engine()\n    e.start()",
    "a declared result": "make_engine().start()",
    "an undeclared result": "untyped().start()",
    "an attribute": "Car().engine.start()",
    "an attribute with a default": "Car().spare.start()",
    "an attribute that a method returns": "Car().get().start()",
    "a property": "Car().property.start()",
    "a cached property": "Car().lazy.start()",
    "a class attribute": "Car.shared.start()",
    "an inherited member": "Turbo().start()",
    "a class method": "Engine.make().start()",
    "a static method": "Engine.build().start()",
    "a chain": "Engine().clone().start()",
    "a context manager": "with Car() as car:\n        car.engine.start()",
    "either of two": "e = Engine() if c else None\n    e.start()",
    "a default": "e = c or Engine()\n    e.start()",
    "a pair": "a, b = 1, Engine()\n    b.start()",
    "the first of a pair": "a, b = Engine(), 1\n    a.start()",
    "a walrus": "if (e := Engine()):\n        e.start()",
    "another name of a class": "E = Engine\n    E().start()",
    "a name of the function around": "e = Engine()\n    def inner():\n        e.start()",
}


@pytest.mark.parametrize("body", CASES.values(), ids=CASES)
def test_the_type_of_a_receiver_is_told(body: str) -> None:
    caller = f"from library import Car, Engine, Turbo, make_engine, untyped\n\n\ndef caller(c):\n    {body}\n"
    outlines = OutlinesInMemory({"library.py": LIBRARY, "caller.py": caller})
    outline = outlines.outline("caller.py")
    assert outline
    (call,) = [reference for reference in outline.references if reference.name == "start"]
    found = Graph(outlines).resolve("caller.py", call)
    assert found.targets == (Target("symbol", "library.py", "Engine.start"),)
    assert not found.ambiguous
