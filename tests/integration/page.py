# SPDX-License-Identifier: Apache-2.0
"""The HTML report: contrast of every pair of colours that it uses (WCAG AA), and its layout and structure in a real browser where there is one."""
import json, re, shutil, subprocess, tempfile
from pathlib import Path

from _tap import ROOT, main, ok, skip, strake

CSS = (ROOT / "src/report/html.css").read_text()
INK = ("text", "quiet", "accent", "critical", "high", "medium", "low", "info", "good")
PROBE = """<script>addEventListener("load", () => {
  const all = q => [...document.querySelectorAll(q)], focusable = all("a[href], button, input, select, summary");
  document.documentElement.setAttribute("data-probe", JSON.stringify({
    overflow: document.documentElement.scrollWidth - innerWidth, headless: all("table").filter(t => !t.querySelector("th[scope]") || t.querySelector("thead td")).length,
    unnamed: focusable.filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels && e.labels.length)).map(e => e.outerHTML),
    jumping: all("[tabindex]").filter(e => e.tabIndex > 0).length, images: all("img:not([alt]), svg:not([aria-hidden]):not([role])").length,
    ids: all("[id]").length - new Set(all("[id]").map(e => e.id)).size, levels: all("h1, h2, h3, h4").map(h => +h.tagName[1]), findings: all("details").length, first: focusable[0].className }));
})</script>"""


def colors():
    """{scheme: {name: "#rrggbb"}}; dark and print change what they name."""
    blocks = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})\b", b)) for b in re.findall(r":root \{(.*?)\}", CSS, re.S)]
    return {"light": blocks[0], "dark": {**blocks[0], **blocks[1]}, "print": {**blocks[0], **blocks[2]}}


def luminance(color):
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast():
    for scheme, names in colors().items():
        pairs = [(ink, paper) for ink in INK for paper in ("card", "page")] + [("text", paper) for paper in ("code", "add", "del")] + [("quiet", "code")]
        low = []
        for ink, paper in pairs:
            a, b = sorted((luminance(names[ink]), luminance(names[paper])))
            if (b + 0.05) / (a + 0.05) < 4.5:
                low.append(f"{ink} on {paper}: {(b + 0.05) / (a + 0.05):.2f}")
        ok(not low, f"{scheme}: {len(pairs)} pairs of colours have a contrast of 4.5 or more", low)


def browser():
    chromium = shutil.which("chromium")
    if not chromium:
        return skip("the page in a browser", "chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(strake("audit", "--no-engine", "--fail-on", "none", "--format", "html", ".", cwd=ROOT / "examples/careless").stdout)
        static = re.sub(r"<script>.*?</script>", "", page.read_text(), flags=re.S)
        ok(static.count("<details") > 50 and "<h2" in static and not re.search(r"<(script|link|iframe|object)\b|src=\"http|@import", static), "the page holds all without scripts and loads nothing")
        page.write_text(page.read_text().replace("</body>", PROBE + "</body>"))
        for width in (375, 1366):
            # A window is never as narrow as a phone: the page stands in a frame.
            frame = Path(folder) / "frame.html"
            frame.write_text(f'<iframe id=f src="report.html" style="width:{width}px;height:900px;border:0"></iframe><script>addEventListener("load", () => setTimeout(() => '
                             'document.body.setAttribute("data-probe", document.getElementById("f").contentDocument.documentElement.getAttribute("data-probe")), 500))</script>')
            p = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--window-size=1500,1000", "--virtual-time-budget=5000", "--dump-dom", frame.as_uri()], capture_output=True, text=True, timeout=120)
            found = re.search(r'data-probe="([^"]*)"', p.stdout)
            if not found:
                return ok(False, "the browser shows the page", p.stderr[-1000:])
            seen = json.loads(found[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
            ok(seen["overflow"] <= 0, f"{width} pixels: nothing sticks out to the right", seen["overflow"])
            if width != 375:
                continue
            ok(seen["headless"] == 0, "every table has headers", seen)
            ok(not seen["unnamed"], "everything that takes the keyboard has a name", seen["unnamed"][:5])
            ok(seen["jumping"] == 0 and seen["first"] == "skip", "the keyboard goes through the page in its order, past a link to the findings")
            ok(seen["images"] == 0 and seen["ids"] == 0, "pictures have texts, ids are unique", seen)
            ok(all(b - a <= 1 for a, b in zip(seen["levels"], seen["levels"][1:])), "no level of headings is left out")


main(contrast, browser)
