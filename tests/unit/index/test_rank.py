import pytest

from fakes.outlines import OutlinesInMemory
from sleeptime.index import is_test_path, rank


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/unit/test_cart.py", True),
        ("pkg/cart_test.go", True),
        ("src/cart.spec.ts", True),
        ("src/__tests__/cart.js", True),
        ("src/test/java/CartTest.java", True),
        ("spec/cart_spec.rb", True),
        ("conftest.py", True),
        ("src/contest.py", False),
        ("src/testing_tools.py", False),
        ("src/latest/cart.py", False),
    ],
)
def test_tests_are_told_by_the_names_their_tools_look_for(path, is_test):
    assert is_test_path(path) == is_test


def test_what_is_used_more_ranks_higher_and_ranks_sum_to_one():
    ranks = rank(
        OutlinesInMemory(
            {
                "core.py": "def f(): pass\n",
                "side.py": "def g(): pass\n",
                "a.py": "from core import f\nfrom side import g\nf()\nf()\nf()\ng()\n",
                "b.py": "import core\ncore.f()\n",
            }
        )
    )
    assert sum(ranks.values()) == pytest.approx(1.0)
    assert ranks["core.py"] > ranks["side.py"] > ranks["a.py"]
