"""What comments, docstrings and texts cite can be looked up in the repository."""

from functools import cache
from pathlib import Path
import re
import subprocess

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\bdocs/[\w./-]+\.md(?:#[\w-]+)?")


@cache
def texts() -> dict[str, str]:
    """Return every file of the repository that is a text, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    found = {}
    for path in listed.decode().split("\0"):
        file = ROOT / path
        if path and file.is_file():
            try:
                found[path] = file.read_text()
            except UnicodeDecodeError:
                continue
    return found


@cache
def anchors(page: str) -> frozenset[str]:
    """Return the anchors of a page, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ (.+)$", texts()[page], re.MULTILINE)
    return frozenset(
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in headings
    )


def leads_nowhere(link: str) -> bool:
    """Return whether a link names a page or a heading that is not there."""
    page, _, anchor = link.partition("#")
    # A ledger may write a heading as it stands.
    return page not in texts() or (bool(anchor) and anchor.lower() not in anchors(page))


def test_every_fact_that_is_cited_can_be_looked_up() -> None:
    links = {
        (path, link) for path, text in texts().items() for link in LINK.findall(text)
    }
    assert not sorted(pair for pair in links if leads_nowhere(pair[1]))
    cited = {link for _, link in links if link.startswith("docs/protocol/")}
    assert len(cited) > 40


def test_every_link_of_a_page_leads_somewhere() -> None:
    """Also to a picture, and to a heading of the same page."""
    found = 0
    for page, text in texts().items():
        if not page.endswith(".md"):
            continue
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (ROOT / page).parent / path if path else ROOT / page
            assert target.exists(), f"{page}: {link}"
            if anchor:
                name = target.resolve().relative_to(ROOT).as_posix()
                assert anchor in anchors(name), f"{page}: {link}"
            found += 1
    assert found > 40


def test_a_link_to_nothing_is_noticed() -> None:
    page = "docs/architecture.md"
    assert leads_nowhere(page.replace("architecture", "nothing"))
    assert leads_nowhere(f"{page}#nothing")
    assert not leads_nowhere(f"{page}#rules")


def test_a_heading_stands_once_on_its_page() -> None:
    """A second one of the same name gets another anchor."""
    for page, text in texts().items():
        if page.startswith("docs/protocol/") or page == "docs/architecture.md":
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            assert len(headings) == len(set(headings)), page


# Chapters of documents that only their authors could open.
OUTSIDE = re.compile(
    r"(?i:\b(?:design|tc) \d)|\.\./shared|(?:local-panel|sync-behaviour|home-assistant)\.md"
    r"|(?<!/)\bdesign\.md"
)


def test_nothing_outside_the_repository_is_cited() -> None:
    found = {
        f"{path}: {cited[0]}"
        for path, text in texts().items()
        if path != str(Path(__file__).relative_to(ROOT))
        for cited in OUTSIDE.finditer(text)
    }
    assert not found


def test_a_citation_from_outside_is_noticed() -> None:
    for cited in (
        "design 5.2",
        "Design 4, `x`",
        "tc 8",
        "local-panel.md 2.6",
        "../shared/captures",
    ):
        assert OUTSIDE.search(f"As it is said ({cited}).")
    assert not OUTSIDE.search("A design of 5 rooms; the tc flag.")
