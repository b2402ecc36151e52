"""Checks the page of cnnc profile: by itself, and as a browser draws it.

    check_page.py PAGE.html PROFILE.json [CHROMIUM]
"""
import json
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """What is on a page: the texts of the table's rows, how many marks it has for kernels, and which
    of them are chosen."""

    def __init__(self, text):
        super().__init__()
        self.path, self.rows, self.island = [], [], ""
        self.nodes = self.bars = self.edges = 0
        self.chosen, self.details, self.title = set(), False, ""
        self.links = []
        self.feed(text)

    def inside(self, tag, **attributes):
        return any(tag == t and attributes.items() <= a.items() for t, a in self.path)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [v for k, v in attributes.items() if k in ("src", "href", "action", "data")]
        if tag in ("meta", "link", "br"):
            return
        if tag == "b":  # The page has these in its figures only: another would come from a name.
            assert self.inside("div", **{"class": "figure"}), "a name became markup"
        self.path.append((tag, attributes))
        if "chosen" in attributes.get("class", "").split() and "data-kernel" in attributes:
            self.chosen.add((tag, attributes["data-kernel"]))
        if attributes.get("id") == "details":
            self.details = "hidden" not in attributes
        if tag == "tr" and self.inside("tbody"):
            self.rows.append([])
        elif tag == "td" and self.inside("tbody"):
            self.rows[-1].append("")
        elif tag == "g" and "data-kernel" in attributes:
            self.nodes += 1
        elif tag == "rect" and "data-kernel" in attributes:
            self.bars += float(attributes["width"]) > 0
        elif tag == "path" and "data-from" in attributes:
            assert "NaN" not in attributes["d"], attributes
            self.edges += 1

    def handle_endtag(self, tag):
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.inside("script", id="profile"):
            self.island += data
        elif self.inside("aside") and self.inside("h3"):
            self.title += data
        elif self.inside("tbody") and self.inside("td"):
            self.rows[-1][-1] += data


page_file, profile_file, *browser = sys.argv[1:]
profile = json.loads(Path(profile_file).read_text())
kernels = profile["kernels"]
text = Path(page_file).read_text()
page = Page(text)

assert json.loads(page.island) == profile
print("holds the profile of", len(kernels), "kernels")
assert page.links == ["data:,"], page.links
addresses = set(re.findall(r"\w+://[^\s'\"]+", text.replace(page.island, "")))
assert addresses == {"http://www.w3.org/2000/svg"}, addresses  # A name, not an address.
assert "{{" not in text, "a file was not put in"
print("stands by itself")

if not browser:
    sys.exit()


def draw(file):
    """The page as the browser has it once its scripts have run, and what the browser said."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = subprocess.run(
            [*browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
             f"--user-data-dir={folder}", "--dump-dom", Path(file).resolve().as_uri()],
            capture_output=True, text=True, timeout=120, check=True)
    messages = [line for line in drawn.stderr.splitlines() if "CONSOLE" in line]
    assert not messages, messages
    return Page(drawn.stdout)


page = draw(page_file)
edges = sum(len(k["reads"]) + len(k["reads_inputs"]) + (k["output"] is not None) for k in kernels)
assert page.edges == edges, (page.edges, edges)
print(f"draws {len(page.rows)} rows, {page.nodes} nodes, {page.bars} bars, {page.edges} edges")
print("no message from the browser")
for i, row in enumerate(page.rows):
    print(f"row {i}:", row[0])

# A finger: sorts by share, the largest first, then touches the third kernel in the graph.
touch = """<script>
document.querySelectorAll('thead button')[4].click();
document.querySelectorAll('g[data-kernel]')[2].dispatchEvent(new Event('click', {bubbles: true}));
</script></body>"""
touched_file = page_file + ".touched.html"
Path(touched_file).write_text(text.replace("</body>", touch))
page = draw(touched_file)
shares = [float(row[4]) for row in page.rows]
assert shares == sorted(shares, reverse=True), shares
print("sorted by share")
assert page.chosen == {("tr", "2"), ("g", "2"), ("rect", "2")}, page.chosen
assert page.details, "the details are hidden"
print("details:", page.title)
