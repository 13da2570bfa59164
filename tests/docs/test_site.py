"""The site, as a browser shows it from the file system: a few families of a slice, and all of them in a whole run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from codegen.pages import site
from codegen.project import ROOT
from tests.selection import whole

pytestmark = pytest.mark.costly

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FAMILIES = ("deepseek_v3", "llama", "nemotron_h")
"""A slice: one with latent attention and a deviation, one of two targets, one hybrid alone."""
PHONE, TABLET, DESK = (390, 844), (1024, 768), (1440, 900)


@cache
def built() -> TemporaryDirectory[str]:
    """A folder with the site, which is there as long as this result."""
    folder = TemporaryDirectory()
    sources = Path(folder.name) / "sources"
    site.write(sources, None if whole() else FAMILIES)
    told = ("-q", "-W", "--keep-going", "-c", str(ROOT / "docs" / "site"), str(sources), folder.name + "/site")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "sphinx", *told],
        env={"PYTHONPATH": f"{ROOT}:{ROOT}/generated:{ROOT}/runtime", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_a_site_of_some_families_says_so_on_every_page(tmp_path: Path) -> None:
    site.write(tmp_path, ("llama",))
    pages = [*tmp_path.rglob("*.md")]
    assert pages
    assert [page.name for page in pages if "Built for `llama` alone" not in page.read_text("utf-8")] == []


def folder() -> Path:
    return Path(built().name) / "site"


def pages() -> tuple[Path, ...]:
    return tuple(sorted(folder().rglob("*.html")))


@dataclass(frozen=True)
class Names:
    """What a page refers to, and what can be referred to in it."""

    links: frozenset[str]
    places: tuple[str, ...]


@cache
def names(page: Path) -> Names:
    text = page.read_text(encoding="utf-8")
    return Names(
        frozenset(unescape(link) for link in re.findall(r'\s(?:href|src)="([^"]*)"', text)),
        tuple(re.findall(r'\sid="([^"]*)"', text)),
    )


def test_links_resolve() -> None:
    """Those to places in pages too. What leads out of the site is a link that a person may follow, and nothing else."""
    broken: list[str] = []
    for page in pages():
        for link in names(page).links:
            parts = urlsplit(link)
            if parts.scheme or not link:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            place = unquote(parts.fragment) if target.suffix == ".html" else ""
            if not target.is_file() or (place and place not in names(target).places):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def test_names_of_places_are_unique() -> None:
    assert [page.name for page in pages() if len(names(page).places) != len(set(names(page).places))] == []


def test_only_the_example_of_a_family_is_code() -> None:
    """What `tests/docs/examples.py` runs is all that there is."""
    for page in (Path(built().name) / "sources" / "families").glob("*.md"):
        fences = re.findall(r"^```(\S+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert fences.count("python") == (page.stem != "index")
        # A slice builds a few families, of which the index has a note.
        assert {*fences} <= {"python", "{raw}", "{toctree}", *(() if whole() else ("{note}",))}


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on the path")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def told() -> list[str]:
    """What went wrong in the browser."""
    return []


@pytest.fixture
def page(browser: Browser, told: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, reduced_motion="reduce")
    page = context.new_page()

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            told.append(f"{page.url}: {message.text}")

    def request(asked: Request) -> None:
        if not asked.url.startswith(("file:", "data:")):
            told.append(f"{page.url} asks for {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on("request", request)
    page.on("requestfailed", lambda asked: told.append(f"{page.url}: {asked.url} {asked.failure}"))
    yield page
    context.close()
    assert told == []


def test_every_page_renders(page: Page) -> None:
    """Without a word in the console, without the network, and no wider than the screen."""
    wide: list[str] = []
    for file in pages():
        page.goto(file.as_uri())
        for width, height in (PHONE, TABLET, DESK):
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(f"{file.name} at {width}")
    assert wide == []


@pytest.mark.parametrize(
    ("words", "found"),
    [("llama", "families/llama.html"), ("rotary_percent", "fields.html"), ("load_config", "guide.html")],
    ids=("a family", "a field", "a function"),
)
def test_search_finds(page: Page, words: str, found: str) -> None:
    page.goto((folder() / "index.html").as_uri())
    page.fill("input[name=q]", words)
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#search-results ul.search li")
    page.wait_for_function("document.querySelector('.search-summary').textContent.includes('found')")
    hrefs = page.eval_on_selector_all("#search-results li a", "links => links.map(link => link.getAttribute('href'))")
    assert any(href.split("?")[0].split("#")[0] == found for href in hrefs)


@pytest.mark.parametrize(
    ("words", "title"),
    [("llama", "llama"), ("deepseek_v3", "deepseek_v3"), ("DeepSeek V3", "deepseek_v3"), ("layers", "Layers")],
)
def test_what_a_page_is_called_comes_first(page: Page, words: str, title: str) -> None:
    page.goto((folder() / "search.html").as_uri() + f"?q={quote(words)}")
    page.wait_for_function("document.querySelector('.search-summary').textContent.includes('found')")
    assert page.locator("#search-results li a").first.inner_text() == title


def test_wide_tables_are_cards_on_a_phone(page: Page) -> None:
    """What people write in Markdown, too: no cell is without its heading, and nothing has to be moved sideways."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for name in ("window.html", "proofs.html", "train.html", "layers.html"):
        page.goto((folder() / name).as_uri())
        tables = page.locator("article table:has(th:nth-child(3))")
        assert tables.count() > 0, name
        wrong = tables.evaluate_all("""tables => tables.filter((table) =>
                table.scrollWidth > innerWidth ||
                getComputedStyle(table.querySelector("tbody tr")).display !== "block" ||
                [...table.querySelectorAll("tbody td")].some((cell) => !cell.dataset.label)).length""")
        assert wrong == 0, name


def test_plots_are_those_of_the_page(page: Page) -> None:
    """Dark ones where somebody has asked for a dark page, whatever the system is set to."""
    page.emulate_media(color_scheme="light")
    page.goto((folder() / "bench.html").as_uri())

    def shown() -> list[str]:
        return page.eval_on_selector_all(
            "article img",
            "all => all.filter(each => each.offsetParent && each.naturalWidth).map(each => each.className)",
        )

    def set_to(theme: str) -> None:
        page.evaluate("theme => { document.body.dataset.theme = theme; }", theme)

    drawn = len(shown())
    assert drawn == 2
    for theme in ("light", "dark"):
        set_to(theme)
        assert [theme in each for each in shown()] == [True] * drawn


def opened(page: Page, family: str) -> None:
    page.goto((folder() / "families" / f"{family}.html").as_uri())


def lit(page: Page) -> set[str]:
    return set(page.eval_on_selector_all(".field.lit", "fields => fields.map(field => field.id)"))


def test_what_is_pointed_at_shows_its_card_and_its_lines(page: Page) -> None:
    opened(page, "llama")
    about = page.locator(".about").first
    hint = about.inner_text()
    page.hover("#hf-rms_norm_eps")
    assert lit(page) == {"hf-rms_norm_eps", "megatron-layernorm_epsilon"}
    for said in ("rms_norm_eps", "used", "Rename('rms_norm_eps', 'layernorm_epsilon')", "float", "transformers says"):
        assert said in about.inner_text()
    assert page.locator(".mapping").first.locator(".line.lit").count() == 1
    page.hover("h1")
    assert about.inner_text() == hint


def test_the_keyboard_reaches_every_field(page: Page) -> None:
    opened(page, "llama")
    about = page.locator(".about").first
    page.focus("summary")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.id")
    assert first == page.locator(".mapping .field").first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "hf-vocab_size"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "megatron-vocab_size"
    assert "decided by" in about.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "vocab_size" in about.inner_text(), "what is held stays"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    assert lit(page) == set()


def test_a_card_is_what_a_screen_reader_is_told(page: Page) -> None:
    opened(page, "deepseek_v3")
    described = page.eval_on_selector_all(
        ".field",
        "fields => fields.map(each => document.getElementById(each.getAttribute('aria-describedby'))?.innerText)",
    )
    assert described
    assert all(described)


def test_a_link_to_a_field_holds_it(page: Page) -> None:
    page.goto((folder() / "families" / "llama.html").as_uri() + "#megatron-rotary_base")
    assert "megatron-rotary_base" in lit(page)
    page.locator(".about a", has_text="rope_parameters").first.click()
    assert page.evaluate("document.activeElement.id") == "hf-rope_parameters"


def test_lines_end_at_their_fields(page: Page) -> None:
    """At both widths: rows have one height, whatever is written in them."""
    opened(page, "deepseek_v3")
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        far = page.evaluate("""() => [...document.querySelectorAll(".mapping .line[data-to]")].map((line) => {
                const middle = (box) => (box.top + box.bottom) / 2;
                const matrix = line.getScreenCTM();
                const at = (distance) => line.getPointAtLength(distance).matrixTransform(matrix).y;
                const field = (id) => middle(document.getElementById(id).getBoundingClientRect());
                const { from, to } = line.dataset;
                return Math.max(Math.abs(at(0) - field(from)), Math.abs(at(line.getTotalLength()) - field(to)));
            })""")
        assert far
        assert max(far) < 1.5


def test_the_table_is_filtered(page: Page) -> None:
    page.goto((folder() / "train.html").as_uri())

    def shown() -> list[str]:
        return page.eval_on_selector_all("table.train tbody tr:not([hidden])", "rows => rows.map(row => row.innerText)")

    everything = len(shown())
    page.select_option("select[name=answer]", "yes")
    page.fill("input[name=words]", "llama 3.1")
    assert [row for row in shown() if "Llama 2, 3, 3.1" in row]
    assert all("yes" in row for row in shown())
    assert page.locator("output").inner_text() == f"{len(shown())} of {everything}"
    page.select_option("select[name=answer]", "no")
    page.fill("input[name=words]", "gemma sandwich")
    assert shown() == []
