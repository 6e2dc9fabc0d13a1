from pathlib import Path

import msgspec
import pytest

from fakes.shop import CART
from sleeptime.core.errors import RepositoryError
from sleeptime.report.tour import drift, load_tour, make_tour, save_tour


def test_the_tour_shows_each_module_at_its_most_used_definition(shop) -> None:
    steps = {step.path: step for step in make_tour(shop, "shop").steps}
    assert steps["shop/cart.py"].symbol == "Cart"
    assert "Holds skus" in steps["shop/cart.py"].text
    assert not any("test" in path for path in steps)


def test_what_imports_comes_before_what_it_imports_from_where_the_program_begins(shop) -> None:
    shop.write("shop/__main__.py", "from shop.cart import Cart\n\nCart().total()\n")
    order = [step.path for step in make_tour(shop, "shop").steps]
    assert order.index("shop/__main__.py") < order.index("shop/cart.py") < order.index("shop/prices.py")


def test_steps_drift_when_their_code_changes_or_goes(shop, tmp_path: Path) -> None:
    save_tour(make_tour(shop, "shop"), tmp_path / "kept.tour")
    kept = {step.path: step for step in load_tour(tmp_path / "kept.tour").steps}
    assert {drift(step, shop) for step in kept.values()} == {""}
    shop.write("shop/cart.py", CART.replace("{}", "dict()"))
    (shop.repository.root / "shop" / "prices.py").unlink()
    shop.index()
    assert drift(kept["shop/cart.py"], shop) == "changed"
    assert drift(kept["shop/prices.py"], shop) == "gone"


def test_a_kept_tour_is_one_that_codetour_plays(shop, tmp_path: Path) -> None:
    save_tour(make_tour(shop, "shop"), tmp_path / "kept.tour")
    plain = msgspec.json.decode((tmp_path / "kept.tour").read_bytes())
    assert plain["title"] == "shop"
    assert all({"file", "line", "description", "title"} <= set(step) for step in plain["steps"])


def test_a_file_that_is_no_tour_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.tour").write_text("{}")
    with pytest.raises(RepositoryError, match="no tour"):
        load_tour(tmp_path / "x.tour")
