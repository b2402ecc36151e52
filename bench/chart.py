"""The chart of a report: for each network and peer how much faster cnnc is, as bars from 0 with a line at 1."""
import statistics

import report as text

INK = "#1f2328"  # text and axes; in the SVG the viewer's own: dark on light or light on dark
# White is readable on each of these, and each is visible on white and on black.
COLOURS = {"onnxruntime": "#2f6fae", "openvino": "#7a52bd", "ncnn": "#23805f", "tvm": "#9a6312", "torch": "#c2453b"}
OTHER = "#6b7580"
THEME = f"<style>svg {{ color: {INK} }} @media (prefers-color-scheme: dark) {{ svg {{ color: #e6edf3 }} }}</style>"
BAR_INCHES, GAP_INCHES = 0.17, 0.12
CAPTION = "time of the peer / time of cnnc: right of 1 cnnc is faster. Bold: the fastest peer. \u2192: the bar goes on"


def peers_of(results):
    return [name for name in text.engines_of(results) if not name.startswith("cnnc")]


def speedup(result, peer):
    return result["engines"][peer]["median_ms"] / result["engines"]["cnnc"]["median_ms"]


def label(axes, x, y, words, color=INK, **font):
    axes.annotate(words, (x, y), (3, 0), textcoords="offset points", va="center", fontsize=7.5, color=color, **font)


def draw_row(axes, row, result, thickness):
    """A bar for each peer that ran the network, one below the other around the row's middle."""
    peers = peers_of([result])
    for i, name in enumerate(peers):
        value, place = speedup(result, name), row + (i - (len(peers) - 1) / 2) * thickness
        axes.barh(place, value, 0.9 * thickness, color=COLOURS.get(name, OTHER))
        inside = value > 0.15 * axes.get_xlim()[1]  # at its foot, where no line crosses it
        more = " \u2192" if value > axes.get_xlim()[1] else ""
        label(axes, 0 if inside else value, place, f"{value:.2f}{more}", color="white" if inside else INK,
              fontweight="bold" if name == result["fastest_peer"] else "normal")


def limit_of(results):
    """The end of the scale: bars far beyond the usual would leave no room for the others, and are cut off there."""
    values = [speedup(r, name) for r in results if "ratio" in r for name in peers_of([r])]
    usual = 3 * statistics.median(values or [1.0])
    return 1.12 * max([1.0, *(value for value in values if value <= usual)])


def draw_panel(axes, results, titles, thickness, limit):
    axes.set_xlim(0, limit)
    for result in results:
        row = titles.index(result["title"])
        if "ratio" in result:
            draw_row(axes, row, result, thickness)
        else:
            label(axes, 0, row, "cnnc cannot", fontstyle="italic")
    axes.axvline(1, color=INK, linewidth=1.2)
    axes.set_yticks(range(len(titles)), titles)
    axes.set_ylim(len(titles) - 0.5, -0.5)


def style(axes):
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, length=0, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(INK)
    axes.xaxis.grid(True, color=OTHER, alpha=0.35, linewidth=0.6)
    axes.set_axisbelow(True)


def draw_figure(report):
    """A panel for each batch size and number of threads, all of one scale."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    results, ways = report["results"], text.ways(report["results"])
    titles, peers = list(dict.fromkeys(r["title"] for r in results)), peers_of(results)
    limit = limit_of(results)
    row_inches = len(peers) * BAR_INCHES + GAP_INCHES
    drawing = Figure(figsize=(2 + 5 * len(ways), len(titles) * row_inches + 1.3), layout="constrained")
    for i, ((batch, threads), group) in enumerate(ways.items()):
        axes = drawing.add_subplot(1, len(ways), i + 1)
        draw_panel(axes, group, titles, BAR_INCHES / row_inches, limit)
        style(axes)
        axes.set_title(text.way_title(batch, threads), color=INK, fontsize=9)
        if i > 0:
            axes.set_yticklabels([])
    legend = [Patch(color=COLOURS.get(name, OTHER), label=f"{name} {report['versions'][name]}") for name in peers]
    drawing.legend(handles=legend, loc="outside upper center", ncols=4, frameon=False, fontsize=8, labelcolor=INK)
    drawing.supxlabel(f"{CAPTION}.\n{report['machine']['cpu']}, {report['date']}", fontsize=8, color=INK)
    return drawing


def draw(report, svg, png):
    """Writes both files. The SVG has no background and the ink of the viewer's theme; the PNG is on white."""
    import matplotlib
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "cnnc"})
    drawing = draw_figure(report)
    drawing.savefig(png, dpi=150, facecolor="white")
    drawing.savefig(svg, transparent=True, metadata={"Date": None})
    image = svg.read_text().replace(INK, "currentColor")
    start = image.index(">", image.index("<svg")) + 1
    svg.write_text(image[:start] + THEME + image[start:])
