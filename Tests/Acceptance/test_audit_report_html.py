"""The page of `keyhole audit report --html`, in a real browser: what it shows, what it fetches, what it runs."""

import os
import re

import pytest
from audit_commands import END, report
from audit_story import DAY, AuditStory, tell, weeks
from browser import Browser

# Whatever runs says so in the document's title.
RUN = "document.title='run'"
HOSTILE = [
    f"<script>{RUN}</script>", f"</script><script>{RUN}</script>", f"</style><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>", f"\" onmouseover=\"{RUN}\" autofocus onfocus=\"{RUN}", f"' onclick='{RUN}",
    f"javascript:{RUN}", f"<a href=javascript:{RUN}>x</a>", "${" + RUN + "}",
    "{{constructor.constructor('" + RUN + "')()}}",
    f"<svg><script>{RUN}</script></svg>", f"--><!--<script>{RUN}</script>", f"]]><script>{RUN}</script>",
    "&lt;b&gt;&amp;",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>", "<link rel=stylesheet href=http://192.0.2.1/x>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'>", "<base href=http://192.0.2.1/>", "<!--",
    "<plaintext>",
    "</td></tr></table>", "\u202egnp.exe", "a\u2028b\u2029c", "\x1b[31mred\x07", "x\u200by\ufeff", "\U000e0041",
    "\u3164", "`backquotes`", "\\u{41}",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def page(place):
    """The page of six weeks, with hostile text wherever text can be."""
    story = tell(weeks(END), END)
    for number, text in enumerate(HOSTILE):
        time = END - 2 * DAY + number
        story.call(time, "claude", text, refused=text, rule="x")
        story.call(time, text, f"df {text}", accesses=[("open", text, text)], vm=text)
        story.session(time, text, refused=text)
    path = place / "report.html"
    done = report(story, "--html", path, "--calls", "400")
    assert done.status == 0 and done.out == "", done
    return path


@pytest.fixture(scope="module")
def browser(place):
    with Browser(place) as browser:
        yield browser.size(1280).colours("light")


@pytest.fixture(scope="module")
def opened(browser, page):
    return browser.open(page)


def texts(browser, selector):
    return browser.value(f"[...document.querySelectorAll({selector!r})].map(one => one.textContent)")


def visible_rows(browser, table):
    return browser.value(
        f"[...document.querySelectorAll('#{table} tbody tr')]"
        ".filter(row => row.offsetParent).map(row => row.textContent)"
    )


def test_the_page_asks_for_nothing_and_complains_of_nothing(page, tmp_path):
    with Browser(tmp_path) as browser:
        browser.size(1280).open(page)
        browser.value("new Promise(done => setTimeout(done, 300))")
        assert set(browser.requests) - {"about:blank"} == {page.as_uri()}
        assert browser.complaints == []
    assert [url for url in browser.net_log_urls() if not url.startswith(("file:", "about:", "chrome:"))] == []
    text = page.read_text()
    assert not re.search(r'(?:src|href|action|srcdoc)="(?!#)', text) and "@import" not in text and "url(" not in text


def test_hostile_text_is_shown_and_never_run(opened):
    assert opened.value("document.title").startswith("Audit report, ")
    assert opened.value("document.scripts.length") == 1
    made = "iframe, img, link, base, a:not([href^=\"#\"]), [onclick], [onerror], [onfocus], [onmouseover], [style]"
    assert opened.value(f"document.querySelectorAll({made!r}).length") == 0
    lines = texts(opened, "#calls code")
    for text in HOSTILE:
        shown = "".join(written_out(character) for character in text)
        assert shown in lines and f"df {shown}" in lines, text
    assert opened.value("document.querySelectorAll('main > section').length") >= 11


def written_out(character):
    if character in "\u202e\u2028\u2029\u200b\ufeff\U000e0041\u3164":
        return f"\\u{{{ord(character):x}}}"
    return f"\\x{ord(character):02x}" if ord(character) < 32 else character


def test_an_injected_script_would_not_run(browser, page, tmp_path):
    """The policy of the page holds even if the escaping did not."""
    text = page.read_text()
    path = tmp_path / "evil.html"
    for evil in f"<script>{RUN}</script>", f'<img src=x onerror="{RUN}">', "<style>h1{display:none}</style>":
        path.write_text(text.replace("<main>", "<main>" + evil, 1))
        browser.events.clear()
        browser.open(path)
        assert browser.value("document.title").startswith("Audit report, ")
        assert browser.value("getComputedStyle(document.querySelector('h1')).display") == "block"
        assert browser.complaints
        browser.events.clear()
    # Without it, it would.
    path.write_text(re.sub("<meta http-equiv=.*?>", f"<script>{RUN}</script>", text, count=1))
    assert browser.open(path).value("document.title") == "run"


def test_the_search_box_finds_rows_in_every_table(browser, page):
    browser.open(page)
    everything = len(visible_rows(browser, "calls"))
    assert everything == 400
    browser.value("document.getElementById('q').focus()")
    browser.type("kubectl LOGS")
    rows = visible_rows(browser, "calls")
    assert len(rows) == 1 and "kubectl logs web-7f9c" in rows[0]
    assert len(visible_rows(browser, "lines")) == 1 and visible_rows(browser, "refusals") == []
    assert "1 of 400 match" in browser.value("document.querySelector('#calls .shown').textContent")
    assert browser.value("document.querySelector('#refusals .nomatch').offsetParent !== null")
    assert browser.value("location.hash") == "#q=kubectl%20LOGS"
    browser.press("Escape")
    assert len(visible_rows(browser, "calls")) == everything
    # What was typed may be anything.
    browser.type("</script> .*[")
    assert visible_rows(browser, "calls") == [] and browser.complaints == []


def test_a_search_can_be_kept_as_an_address(browser, page):
    browser.open(page, "#q=newcomer%20sshd")
    assert len(visible_rows(browser, "calls")) == 14
    assert browser.value("document.getElementById('q').value") == "newcomer sshd"
    assert len(visible_rows(browser, "agents")) == 0 and len(visible_rows(browser, "lines")) == 1


def test_tables_are_sorted_by_their_headings_and_the_keyboard(browser, page):
    browser.open(page)
    browser.value("document.querySelector('#commands thead button').focus()")
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.textContent") == "Calls"
    counts = "[...document.querySelectorAll('#commands tbody tr')].map(row => Number(row.cells[1].dataset.k))"
    browser.value("document.activeElement.click()")
    assert browser.value(counts) == sorted(browser.value(counts), reverse=True)
    browser.value("document.activeElement.click()")
    assert browser.value(counts) == sorted(browser.value(counts))
    assert browser.value("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    browser.value("document.querySelector('#commands thead button').click()")
    names = texts(browser, "#commands tbody td:first-child")
    assert names[0] and len(names) == len(set(names))


@pytest.mark.parametrize("width", [320, 400, 768, 1280, 1920])
def test_nothing_overflows_at_any_width(browser, page, width):
    browser.size(width).open(page)
    assert browser.value("document.documentElement.scrollWidth") == width
    # What is wider than the page scrolls by itself, and the keyboard reaches it.
    wide = """[...document.querySelectorAll('main *, header *')].filter(one => !one.closest('.wrap, nav, svg, .sr') &&
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
    assert browser.value(wide) == []
    assert browser.value("[...document.querySelectorAll('.wrap')].every(one => one.tabIndex === 0)")
    browser.size(1280)


CONTRAST = """(selector => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const paper = one => { for (let at = one; at; at = at.parentElement) {
    const c = parse(getComputedStyle(at).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  return Math.min(...[...document.querySelectorAll(selector)].filter(one => one.offsetParent).map(one => {
    const a = light(parse(getComputedStyle(one).color)), b = light(paper(one));
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }));
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(browser, page, scheme):
    browser.colours(scheme).open(page)
    # WCAG 2.2, 1.4.3
    everything = "p, h1, h2, li, td:not(.heat td), th, dt, dd, a, code, .remark, .when, button, footer p"
    assert browser.value(f"{CONTRAST}({everything!r})") >= 4.5
    paper = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(252, 252, 250)") == (scheme == "light")
    browser.colours("light")


def test_it_is_whole_without_scripts(page, tmp_path):
    with Browser(tmp_path, scripts=False) as browser:
        browser.size(1280).open(page)
        nodes = browser.ask("DOM.getDocument", depth=-1)
        assert nodes
        found = browser.ask("DOM.performSearch", query="#calls tbody tr")
        assert found["resultCount"] == 400
        assert browser.ask("DOM.performSearch", query="figure.chart rect")["resultCount"] > 7
        box = browser.ask("DOM.querySelector", nodeId=nodes["root"]["nodeId"], selector="#search[hidden]")
        assert box["nodeId"] != 0
    assert "<button" not in page.read_text().split("<script>")[0]


def test_headings_labels_and_tables_say_what_they_are(opened, browser, page):
    browser.open(page)
    assert browser.value("document.documentElement.lang") == "en"
    assert texts(browser, "h1") and len(texts(browser, "h1")) == 1
    assert browser.value("document.querySelector('label[for=q]').textContent") == "Search all tables"
    assert browser.value("[...document.querySelectorAll('table')].every(one => one.getAttribute('aria-label') || "
                         "document.getElementById(one.getAttribute('aria-labelledby')))")
    assert browser.value("[...document.querySelectorAll('.data thead th')].every(one => one.scope === 'col')")
    ids = browser.value("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert browser.value("[...document.querySelectorAll('nav a')].every(one => document.querySelector(one.hash))")
    assert browser.value("document.querySelector('figure svg').getAttribute('aria-label')")


def test_on_paper_it_is_light_and_whole(browser, page):
    browser.colours("dark", media="print").open(page)
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.value("getComputedStyle(document.querySelector('.bar')).display") == "none"
    assert browser.value("getComputedStyle(document.querySelector('.wrap')).overflowX") == "visible"
    browser.colours("light")


def test_the_drawings_have_what_the_tables_say(browser, page):
    browser.open(page)
    titles = texts(browser, "figure.chart g title")
    assert len(titles) == 7 and titles[0].startswith("Sat 14 Nov: ")
    calls = sum(int(re.match(r"[^:]*: ([\d,]+) call", title)[1].replace(",", "")) for title in titles)
    assert f"{calls:,}" == texts(browser, ".figures .big")[0]
    cells = browser.value("[...document.querySelectorAll('.heat tbody td')].map(one => Number(one.textContent))")
    assert len(cells) == 168 and sum(cells) == calls


def test_bounds_are_said(page):
    text = page.read_text()
    shown = re.search(r"400 of ([\d,]+) are shown, the newest", text)
    assert shown and int(shown[1].replace(",", "")) > 430
    assert text.count("<tr>") < 2_500


def test_a_page_is_for_its_owner_and_replaces_only_a_page(tmp_path):
    story = AuditStory()
    story.call(END - DAY, "claude", "df")
    path = tmp_path / "report.html"
    assert report(story, "--html", path).status == 0 and path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    inode = path.stat().st_ino
    assert report(story, "--html", path).status == 0
    assert path.stat().st_mode & 0o777 == 0o600 and path.stat().st_ino != inode
    path.write_text("dear diary")
    done = report(story, "--html", path)
    assert done.status == 1 and "is no audit report" in done.err and "--force" in done.err
    assert path.read_text() == "dear diary"
    assert report(story, "--html", path, "--force").status == 0 and path.read_text().startswith("<!DOCTYPE html>")
    target = tmp_path / "target"
    target.write_text("x")
    link = tmp_path / "link.html"
    link.symlink_to(target)
    for words in [link], [link, "--force"], [tmp_path], [tmp_path / "none/x.html"]:
        assert report(story, "--html", *words).status == 1, words
    assert target.read_text() == "x" and link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link.html", "report.html", "target"]
    assert report(story, "--html", "-").out.startswith("<!DOCTYPE html>")


def test_an_empty_time_is_a_page_too(browser, tmp_path):
    story = AuditStory()
    story.call(END - 20 * DAY, "claude", "df")
    path = tmp_path / "empty.html"
    assert report(story, "--html", path).status == 0
    browser.open(path)
    assert "No calls." in " ".join(texts(browser, "main p")) and browser.complaints == []
