"""Measures compiled networks beside other engines: outputs compared first, then turn by turn.

    ./dev bench                              the usual networks, batch 1, one thread
    ./dev bench resnet50 --batch 1 8 --threads 1 2 --out FOLDER
    ./dev bench --convs vgg16                its distinct convolutions, each as a network
    ./dev bench --symbolic-cost              one library for any size beside one for a fixed size
    ./dev bench --from FOLDER/bench.json --fill README.md
    ./dev bench --layers                     cnnc's kernels alone, as shares of the machine's peak

The figure is the fastest peer's time by cnnc's, above 1 where cnnc is faster; bench/README.md explains the rest.
"""
import argparse
import dataclasses
import datetime
import difflib
import json
import sys
import tempfile
from pathlib import Path

import convolutions
import engine
import machine
import models
import report as text
from measure import WrongOutput, measure

SYMBOLIC_NETWORKS = ["resnet50", "mobilenet_v2"]
SYMBOLIC_SIZES = [(224, 224), (640, 480)]  # height, width


def one_of(known, what):
    """For argparse: refuses a name that is not among the known ones, and says which are."""
    def check(name):
        if name in known:
            return name
        refuse_network(name)
        close = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise argparse.ArgumentTypeError(f"no {what} '{name}': {hint}there are {', '.join(known)}")
    return check


def refuse_network(value):
    """An option that takes several values would take the networks behind it, too."""
    if value in models.KNOWN:
        raise argparse.ArgumentTypeError(f"'{value}' is a network: networks come before the options")


def positive(value):
    refuse_network(value)
    if not value.isdigit() or int(value) == 0:
        raise argparse.ArgumentTypeError(f"'{value}' is not a number above 0")
    return int(value)


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", type=one_of(models.KNOWN, "network"),
        help="default: " + " ".join(models.USUAL) + "; others: " + " ".join(sorted({*models.KNOWN} - {*models.USUAL})))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--convs", action="store_true",
                      help="the distinct convolutions of the networks instead (default: those of "
                           + " ".join(convolutions.NETWORKS) + ")")
    what.add_argument("--symbolic-cost", action="store_true",
                      help="what it costs to leave sizes open (default: " + " ".join(SYMBOLIC_NETWORKS) + ")")
    what.add_argument("--from", dest="source", type=Path, metavar="JSON",
                      help="measure nothing: read what was measured, for --out and --fill")
    add("--batch", nargs="+", type=positive, default=[1], metavar="N", help="batch sizes; default: 1")
    add("--threads", nargs="+", type=positive, default=[1], metavar="N", help="numbers of threads; default: 1")
    add("--rounds", type=positive, default=30, metavar="N", help="turns of each engine; default: 30")
    add("--isa", choices=["host", "avx2"], default="host",
        help="avx2: cnnc compiles for x86-64-avx2, and engines that can be told use no more; default: host")
    add("--peers", nargs="+", type=one_of(engine.peer_names(), "peer"), metavar="PEER",
        help="beside " + engine.REFERENCE + ", which always runs; there are " + " ".join(engine.peer_names()))
    add("--with-torch", action="store_true", help="PyTorch, too (installs it, some gigabytes)")
    add("--out", type=Path, metavar="FOLDER", help="where to write bench.json, bench.md, bench.svg and bench.png")
    add("--fill", type=Path, metavar="FILE", action="append", default=[],
        help=f"a document that gets a summary between its lines {text.BEGIN} and {text.END}")
    add("--date", default=datetime.date.today().isoformat(), help="that the report bears; default: today")
    return parser.parse_args(arguments)


def chosen_peers(options):
    peers = options.peers or [name for name in engine.peer_names() if not engine.find_engine(name).optional]
    return list(dict.fromkeys([engine.REFERENCE, *peers, *["torch"] * options.with_torch]))


def in_ways(case_of_batch, options):
    """A network's cases for every batch and number of threads asked for."""
    for batch in options.batch:
        case = case_of_batch(batch)
        for threads in options.threads:
            yield dataclasses.replace(case, threads=threads, isa=options.isa)


def measured(make_case, engines, options, **description):
    """Results of a network in all ways, each printed when it is there."""
    with tempfile.TemporaryDirectory(prefix="cnnc-bench-") as folder:
        prepared = {}
        for case in in_ways(lambda batch: make_case(folder, batch), options):
            result = {**description, **measure(case, engines, options.rounds, prepared)}
            print(*text.progress_lines(result), sep="\n", flush=True)
            yield result


def measure_networks(engines, options):
    for name in options.networks or models.USUAL:
        yield from measured(lambda folder, batch: models.make_case(name, folder, batch), engines, options,
                            title=models.title(name), key=name)


def measure_convolutions(engines, options):
    for name in options.networks or convolutions.NETWORKS:
        for layer, count in convolutions.distinct(name).items():
            yield from measured(lambda folder, batch: convolutions.make_case(layer, folder, batch), engines, options,
                                title=f"{models.title(name)} {layer}", key=f"{name} {layer}", count=count)


def measure_symbolic_cost(engines, options):
    for name in options.networks or SYMBOLIC_NETWORKS:
        for height, width in SYMBOLIC_SIZES:
            yield from measured(lambda folder, batch: models.make_case(name, folder, batch, height, width), engines,
                                options, title=f"{models.title(name)} at {height}x{width}",
                                key=f"{name}_{height}x{width}")


def plan(options):
    """What to measure: a function that yields results, and the engines that take part."""
    if options.symbolic_cost:
        return measure_symbolic_cost, ["cnnc", "cnnc_fixed", engine.REFERENCE]
    if options.convs:
        return measure_convolutions, ["cnnc", "cnnc_pixels", *chosen_peers(options)]
    return measure_networks, ["cnnc", *chosen_peers(options)]


def measure_all(options):
    measure_them, engines = plan(options)
    report = {"date": options.date, "machine": machine.describe(), "versions": machine.versions(engines),
              "options": {"rounds": options.rounds, "isa": options.isa}, "results": []}
    print(text.machine_line(report), text.versions_line(report), sep="\n", flush=True)
    for result in measure_them(engines, options):
        report["results"].append(result)
        if options.out:
            write_json(report, options.out)  # Should it be interrupted, what was measured is there.
    return report


def write_json(report, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(report, indent=1) + "\n")


def write(report, folder):
    write_json(report, folder)
    (folder / "bench.md").write_text(text.markdown(report))
    if not any("ratio" in result for result in report["results"]):
        return
    try:
        import chart
        chart.draw(report, folder / "bench.svg", folder / "bench.png")
    except ModuleNotFoundError as error:
        print(f"no chart: {error}")


def main():
    options = parse_arguments()
    try:
        report = json.loads(options.source.read_text()) if options.source else measure_all(options)
        if options.out:
            write(report, options.out)
        for document in options.fill:
            document.write_text(text.fill(document.read_text(), report))
    except (engine.CannotRun, WrongOutput, OSError, ValueError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
