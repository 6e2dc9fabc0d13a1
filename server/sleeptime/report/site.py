"""Pages written to disk: as Markdown files, or as one HTML file that needs nothing else and loads nothing."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sleeptime.core.errors import RepositoryError
from sleeptime.report.wiki import Page

MARK = ".sleeptime-wiki"
"""Stands in a folder that we wrote, and may therefore write again."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #f3f5f8; --box: #f3f5f8; --link: #2257c4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dde3ec; --paper: #14181f; --soft: #1d232d; --box: #1d232d; --link: #86b1ff; }
}
body { margin: 0; display: flex; height: 100vh;
       font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
nav { overflow: auto; flex: 0 0 17rem; box-sizing: border-box; padding: 1rem;
      background: var(--soft); font-size: 0.85rem; }
nav a { display: block; overflow-wrap: anywhere; padding: 0.1rem 0; }
main { flex: 1; min-width: 0; overflow: auto; padding: 1rem 2rem 6rem; }
section { max-width: 56rem; }
section { display: none; } section:target, body:not(:has(section:target)) section:first-of-type { display: block; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
code { font: 0.88em ui-monospace, monospace; background: var(--soft); padding: 0.1em 0.3em; border-radius: 4px; }
pre { background: var(--soft); padding: 0.8rem; overflow: auto; border-radius: 6px; } pre code { padding: 0; }
blockquote { border-left: 3px solid #c60; margin-left: 0; padding-left: 1rem; opacity: 0.8; }
h1 code, h2 code { background: none; padding: 0; }
h2 { margin-top: 2.2rem; } em { opacity: 0.75; font-size: 0.85em; } svg { width: 100%; height: auto; }
@media (max-width: 50rem) { body { display: block; } nav { max-height: 14rem; } }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_markdown(pages: Iterable[Page], folder: Path) -> int:
    """One file a page; returns how many.

    Raises:
        RepositoryError: the folder holds something else, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise RepositoryError(f"{folder} is not empty and no wiki of ours.", "Name a new folder.")
        for old in folder.glob("*.md"):
            old.unlink()
        (folder / MARK).touch()
        written = [(folder / f"{page.name}.md").write_text(f"{page.markdown}\n", "utf-8") for page in pages]
    except OSError as error:
        raise RepositoryError(f"{folder} cannot be written: {error.strerror}.") from error
    return len(written)


def write_html(pages: Sequence[Page], picture: str, file: Path) -> int:
    """All pages in one file; `picture` is the SVG that stands for the Mermaid. Returns how many pages.

    Raises:
        RepositoryError: the file cannot be written.
    """
    names = {page.name for page in pages}
    links = "\n".join(f'<a href="#{escape(page.name)}">{escape(page.title)}</a>' for page in pages)
    sections = "\n".join(_section(page, names, picture) for page in pages)
    title = escape(pages[0].title if pages else "Wiki")
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><nav>{links}</nav><main>{sections}</main></body></html>\n"
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise RepositoryError(f"{file} cannot be written: {error.strerror}.") from error
    return len(pages)


def _section(page: Page, names: set[str], picture: str) -> str:
    parser = MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse(page.markdown)
    for token in tokens:
        _point_inwards(token, names)
        if token.type == "fence" and token.info == "mermaid":
            token.type, token.content = "html_block", picture
    return f'<section id="{escape(page.name)}">{parser.renderer.render(tokens, parser.options, {})}</section>'


def _point_inwards(token: Token, names: set[str]) -> None:
    """Links to pages become links into this file."""
    for child in token.children or ():
        target = str(child.attrs.get("href", ""))
        if child.type == "link_open" and target.removesuffix(".md") in names:
            child.attrs["href"] = "#" + target.removesuffix(".md")
