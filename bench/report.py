"""What was measured as text: lines while it goes on, Markdown, and the summary that a document carries.

A report is plain data, which bench.py writes as JSON and reads again (--from):

    date, commit of cnnc and machine, versions of the engines, options, results (what measure.measure returns,
    and `title`; of a convolution also `count`, how often its network has it)
"""
import re

from engine import find_engine

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def engines_of(results):
    """All that have figures, cnnc first."""
    names = dict.fromkeys(name for result in results for name in result["engines"])
    return sorted(names, key=lambda name: (not name.startswith("cnnc"), name))


def figure(result, engine, field, scale=1, digits=2):
    """One cell: a number, or nothing where the engine has none."""
    value = result["engines"].get(engine, {}).get(field)
    return "" if value is None else f"{value * scale:.{digits}f}"


def milliseconds(result, engine):
    value = result["engines"].get(engine, {}).get("median_ms")
    return "cannot" if value is None else f"{value:.3f}" if value < 1 else f"{value:.1f}"


def ratio(result, field="ratio"):
    return f"{result[field]:.2f}" if field in result else ""


def ways(results):
    """The results by (batch, threads), in order."""
    groups = {}
    for result in results:
        groups.setdefault((result["batch"], result["threads"]), []).append(result)
    return groups


def way_title(batch, threads):
    return f"batch {batch}, {threads} thread{'s' if threads > 1 else ''}"


def progress_lines(result):
    """What is printed as soon as a network is measured, for people and, as `result:`, for programs."""
    times = "  ".join(f"{name} {milliseconds(result, name)}" for name in engines_of([result]))
    head = f"{result['title']}, {way_title(result['batch'], result['threads'])}: "
    yield head + times + " ms" + (f"; ratio {ratio(result)} to {result['fastest_peer']}" if "ratio" in result else "")
    for engine, reason in result["missing"].items():
        yield f"{result['title']}: {engine} cannot: {reason}"
    yield from (f"result: {line}" for line in result_lines(result))


def symbolic_cost(result):
    """Time of the library for any size by that of the one for this size."""
    return result["engines"]["cnnc"]["median_ms"] / result["engines"]["cnnc_fixed"]["median_ms"]


def key_of(result):
    way = "".join(f"_{letter}{result[name]}" for letter, name in (("b", "batch"), ("t", "threads")) if result[name] > 1)
    return re.sub(r"[^\w>/]+", "_", result["key"]) + way


def result_lines(result):
    key, own = key_of(result), result["engines"].get("cnnc")
    if not own:
        return
    if "ratio" in result:
        yield f"{key}_ratio {result['ratio']:.3f} x"
        yield f"{key}_ratio_of_minima {result['ratio_of_minima']:.3f} x"
    for name, other in result["engines"].items():
        if not name.startswith("cnnc"):
            yield f"{key}_ratio_to_{name} {other['median_ms'] / own['median_ms']:.3f} x"
    if "cnnc_fixed" in result["engines"]:
        yield f"{key}_symbolic_cost {symbolic_cost(result):.3f} x"
    yield f"{key}_compile {own['compile_seconds']:.1f} s"
    yield f"{key}_compile_memory {own['compile_bytes'] / 1e9:.2f} GB"
    yield f"{key}_library {own['library_bytes'] / 1e6:.2f} MB"
    yield f"{key}_workspace {own['workspace_bytes'] / 1e6:.2f} MB"
    yield f"{key}_memory {own['peak_bytes'] / 1e6:.1f} MB"
    yield f"{key}_first_result {own['first_seconds'] * 1e3:.1f} ms"


def table(head, rows):
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]) + "\n"


def times_table(results):
    columns = {f"{name}, ms": lambda r, name=name: milliseconds(r, name) for name in engines_of(results)}
    if any("cnnc_fixed" in r["engines"] for r in results):
        columns["open / fixed"] = lambda r: f"{symbolic_cost(r):.3f}" if "cnnc_fixed" in r["engines"] else ""
    columns |= {"fastest peer": lambda r: r.get("fastest_peer", ""), "ratio": ratio,
                "of minima": lambda r: ratio(r, "ratio_of_minima"), "largest difference": largest_difference}
    return table(["", *columns], [[row_title(r), *(cell(r) for cell in columns.values())] for r in results])


def row_title(result):
    return result["title"] + (f" (x{result['count']})" if result.get("count", 1) > 1 else "")


def largest_difference(result):
    error = result["engines"].get("cnnc", {}).get("error")
    return "" if error is None else f"{error:.0e}"


def engines_table(results, field, scale, digits):
    """One figure of every engine; rows are networks."""
    engines = engines_of(results)
    return table(["", *engines], [[r["title"], *(figure(r, name, field, scale, digits) for name in engines)]
                                  for r in results])


def compile_table(results):
    """What cnnc compiles, once a network."""
    fields = {"compile, s": ("compile_seconds", 1, 1), "compiler's memory, GB": ("compile_bytes", 1e-9, 2),
              "library, MB": ("library_bytes", 1e-6, 2), "workspace, MB": ("workspace_bytes", 1e-6, 2)}
    return table(["", *fields], [[r["title"], *(figure(r, "cnnc", *field) for field in fields.values())]
                                 for r in results if "cnnc" in r["engines"]])


def machine_line(report):
    machine = report["machine"]
    caches = ", ".join(f"{name} {size}" for name, size in machine["caches"].items())
    return f"{machine['cpu']} (family {machine['family']}, model {machine['model']}), {machine['cores']} cores, " \
           f"{caches}; {' '.join(machine['flags'])}; {machine['system']}"


def versions_line(report):
    return ", ".join(f"{name} {version}" for name, version in report["versions"].items())


def notes(report):
    """What a reader must know of each engine, and who is missing where."""
    for name in dict.fromkeys([*report["versions"], *engines_of(report["results"])]):
        engine, isa = find_engine(name), report["options"]["isa"]
        said = [engine.note] * bool(engine.note)
        if isa != "host" and not engine.follows_isa:
            said.append(f"has no switch for {isa} and takes what the CPU has")
        if said:
            yield f"{name}: {'; '.join(said)}."
    reasons = {}
    for result in report["results"]:
        for name, reason in result["missing"].items():
            reasons.setdefault((name, reason), {})[result["title"]] = True
    for (name, reason), titles in reasons.items():
        yield f"{', '.join(titles)}: {name} cannot: {reason}."


def markdown(report):
    """The whole report."""
    parts = [f"# Measured {report['date']}\n", f"{machine_line(report)}.\n", f"{versions_line(report)}; "
             f"{report['options']['rounds']} rounds, fp32, {report['options']['isa']}.\n",
             "Times are medians; a ratio is the fastest peer's time by cnnc's, above 1 where cnnc is faster.\n"]
    for (batch, threads), results in ways(report["results"]).items():
        parts += [f"## {way_title(batch, threads).capitalize()}\n", times_table(results),
                  "Milliseconds to the first result, from loading the engine in a fresh process on:\n",
                  engines_table(results, "first_seconds", 1e3, 0),
                  "Memory that the engine added to its process at most, MB:\n",
                  engines_table(results, "peak_bytes", 1e-6, 1)]
    first = next(iter(ways(report["results"]).values()), [])
    parts += ["## Compiling\n", "With an empty cache; the workspace is the first batch size's.\n",
              compile_table(first), "## Notes\n", *(f"- {note}" for note in notes(report)), ""]
    return "\n".join(parts)


def summary(report):
    """The few lines that a document carries: ratios beside the fastest peer."""
    rows = [[f"{r['title']}", way_title(r["batch"], r["threads"]), milliseconds(r, "cnnc"),
             milliseconds(r, r["fastest_peer"]), r["fastest_peer"], f"**{ratio(r)}**"]
            for r in report["results"] if "ratio" in r]
    head = ["network", "", "cnnc, ms", "fastest peer, ms", "", "ratio"]
    refused = dict.fromkeys(f"\n{r['title']}: cnnc cannot: {r['missing']['cnnc']}.\n"
                            for r in report["results"] if "cnnc" in r["missing"])
    return f"Measured {report['date']} on {machine_line(report)}; {versions_line(report)}.\n\n" + \
        table(head, rows) + "".join(refused)


def fill(document, report):
    """The text of a document with the summary between its two marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no lines {BEGIN} and {END} to fill between")
    return f"{before}{BEGIN}\n{summary(report)}{END}{after}"
