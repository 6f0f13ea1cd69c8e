"""``python -m bench``: the lab's times beside the plain ways, medians of interleaved rounds.

Each round runs every size and every way once, so that a host that slows down slows them all.
Prints a Markdown table; ``--write`` puts it in ``bench/README.md``.
"""

import argparse
import json
import platform
import statistics
import threading
import time
from collections import defaultdict
from pathlib import Path

from bench.machines import Bench, installation, timed
from bench.processes import Weight, weigh
from bench.report import Results, table, write

IDLE_SECONDS = 30.0
WATCH_PERIOD = 8.0
"""A watcher that is never left in peace checks about this often: at most a quarter of the time."""
JOURNAL = Path(__file__).with_name("rounds.jsonl")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--sizes", default="1,2,5", help="numbers of machines (1,2,5)")
    parser.add_argument("--images", default="base", help="images of the machines, in turn (base)")
    parser.add_argument("--write", action="store_true", help="put the table in bench/README.md")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    images = options.images.split(",")

    seconds: dict[tuple[str, int], list[float]] = defaultdict(list)
    idle: dict[str, Weight] = {}
    with installation() as made:
        labs = [Bench(made, [images[n % len(images)] for n in range(size)]) for size in sizes]
        try:
            for number in range(1, options.rounds + 1):
                for lab in labs:
                    for way, took in one_round(lab):
                        seconds[way, lab.count].append(took)
                        print(f"round {number}  {lab.count} VM  {way:11} {took:7.2f} s", flush=True)
            idle = idle_weights(labs[-1])
        finally:
            for lab in labs:
                lab.delete()
            made.release_daemons(labs[0].lab)
        accelerator = made.verdict().accelerator.value
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    results = Results(
        medians, sizes, idle, accelerator, platform.release(), options.rounds, options.images
    )
    text = table(results)
    print(text)
    if options.write:
        write(text)
    with JOURNAL.open("a") as journal:
        rows = {f"{way} {size}": values for (way, size), values in seconds.items()}
        print(json.dumps({"at": time.time(), "seconds": rows}), file=journal)


def one_round(lab: Bench) -> list[tuple[str, float]]:
    """Every way once, from nothing to nothing."""
    rows = []
    lab.delete()
    rows.append(("plain boot", timed(lab.plain_boot)))
    lab.delete()
    rows.append(("first up", timed(lab.up)))
    rows.append(("down", timed(lab.down)))
    rows.append(("up", timed(lab.up)))
    rows.append(("reset", timed(lab.reset)))
    lab.stop()
    rows.append(("floor", timed(lab.floor)))
    lab.stop()
    return rows


def idle_weights(lab: Bench) -> dict[str, Weight]:
    """The machines restored and left alone, then looked at as a watcher does."""
    lab.up()
    folder = str(lab.world.plan.folder)
    quiet = weigh(folder, IDLE_SECONDS)
    done = threading.Event()

    def look() -> None:
        while not done.wait(WATCH_PERIOD):
            lab.look()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        watched = weigh(folder, IDLE_SECONDS)
    finally:
        done.set()
        watcher.join()
    lab.down()
    return {"idle": quiet, "watched": watched}


if __name__ == "__main__":
    main()
