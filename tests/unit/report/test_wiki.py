import re
from pathlib import Path

import pytest

from fakes.shop import CART
from sleeptime.answer.defuse import defused
from sleeptime.answer.hover import fact_lines, plain_link
from sleeptime.core.errors import RepositoryError
from sleeptime.report.picture import as_mermaid, as_svg, draw
from sleeptime.report.site import write_html, write_markdown
from sleeptime.report.wiki import Page, Wiki, Wording


def pages(shop) -> dict[str, Page]:
    wording = Wording(lambda facts: fact_lines(facts, plain_link), defused)
    return {page.name: page for page in Wiki(shop, wording, lambda path, line: f"../{path}#L{line}").pages()}


def test_every_module_but_tests_has_a_page_and_every_link_between_pages_leads_somewhere(shop) -> None:
    shop.sleep()
    made = pages(shop)
    assert {"index", "concepts", "shop.cart.py", "shop.prices.py"} <= set(made)
    assert not any("test" in name for name in made)
    for page in made.values():
        for link in re.findall(r"\]\(([^)#]+)\.md\)", page.markdown):
            assert link in made, f"{page.name} links to {link}"


def test_what_a_model_wrote_stands_with_its_citations_and_its_freshness(shop) -> None:
    shop.sleep()
    cart = pages(shop)["shop.cart.py"].markdown
    assert "It keeps `lines` of skus." in cart
    assert re.search(r"its code is unchanged · \[`shop/cart\.py:\d+-\d+`\]\(\.\./shop/cart\.py#L\d+\)", cart)
    shop.write("shop/cart.py", CART.replace("{}", "dict()"))
    assert "**out of date: its code changed since**" in pages(shop)["shop.cart.py"].markdown


def test_without_any_note_the_facts_make_the_page(shop) -> None:
    cart = pages(shop)["shop.cart.py"].markdown
    assert "class Cart" in cart
    assert "Holds skus and how many of each." in cart
    assert "**Imports** [`shop/prices.py`](shop.prices.py.md)" in cart
    assert "Extended by `GiftCart`" in cart


def test_words_that_several_modules_share_are_concepts(shop) -> None:
    shop.write("shop/gifts.py", "class GiftCard: ...\n")
    concepts = pages(shop)["concepts"].markdown
    assert re.search(r"\*\*gift\*\*: .*`GiftCard`.*`GiftCart`|\*\*gift\*\*: .*`GiftCart`.*`GiftCard`", concepts)


def test_links_and_images_in_docstrings_are_shown_not_rendered(shop, tmp_path: Path) -> None:
    shop.write("shop/evil.py", '"""See ![x](http://evil.example/a.png) <script>alert(1)</script>."""\n')
    file = tmp_path / "wiki.html"
    write_html(list(pages(shop).values()), as_svg(draw(shop)), file)
    text = file.read_text()
    assert "<img" not in text
    assert "<script" not in text
    assert "default-src 'none'" in text


def test_the_html_is_one_file_whose_links_stay_inside_or_lead_to_lines(shop, tmp_path: Path) -> None:
    file = tmp_path / "out" / "wiki.html"
    assert write_html(list(pages(shop).values()), as_svg(draw(shop)), file) == len(pages(shop))
    text = file.read_text()
    sections = set(re.findall(r'<section id="([^"]+)"', text))
    for link in re.findall(r'href="([^"]+)"', text):
        assert link.removeprefix("#") in sections or re.fullmatch(r"\.\./shop/\w+\.py#L\d+", link)
    assert "<svg" in text


def test_markdown_is_written_again_into_our_own_folder_and_into_no_other(shop, tmp_path: Path) -> None:
    folder = tmp_path / "wiki"
    write_markdown(pages(shop).values(), folder)
    (folder / "old.md").write_text("a page of a module that is gone")
    write_markdown(pages(shop).values(), folder)
    assert not (folder / "old.md").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.md").write_text("mine")
    with pytest.raises(RepositoryError, match="not empty"):
        write_markdown(pages(shop).values(), tmp_path / "mine")
    assert (tmp_path / "mine" / "notes.md").read_text() == "mine"


def test_the_picture_shows_who_imports_whom_circles_too(shop) -> None:
    shop.write("shop/prices.py", "from shop.cart import Cart\n\n\ndef price_of(sku): ...\n")
    picture = draw(shop)
    assert {("shop/cart.py", "shop/prices.py"), ("shop/prices.py", "shop/cart.py")} <= {
        (source, target) for source, target, _ in picture.arrows
    }
    assert as_mermaid(picture).startswith("flowchart LR\n")
    assert as_svg(picture).count("<rect") == len(picture.nodes)
    assert as_svg(picture).count("stroke-dasharray") == 1
