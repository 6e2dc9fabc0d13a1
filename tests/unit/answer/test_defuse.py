import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.answer.defuse import defused


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See ![x](http://evil/p.png).", r"See !\[x\](`http://evil/p.png).`"),
        ("Click [here](command:run)", r"Click \[here\](command:run)"),
        ("An <img src=x> tag", r"An \<img src=x> tag"),
        ("`a[0] < b` stays", "`a[0] < b` stays"),
        ("Use :meth:`~flask.Flask.run` or :class:`App <x.App>`.", "Use `flask.Flask.run` or `App`."),
        ("At https://example.org/a for more", "At `https://example.org/a` for more"),
    ],
)
def test_links_images_and_html_are_shown_as_written(text: str, shown: str) -> None:
    assert defused(text) == shown


@given(st.text(alphabet="ab![]()<>` \n:/ht.pwcodem"))
def test_no_link_or_tag_survives_outside_code(text: str) -> None:
    outside = re.sub(r"(`+)(?:.+?)\1", "", defused(text), flags=re.DOTALL)
    assert not re.search(r"(?<!\\)[\[<]", outside)
