"""Advect beside PyTorch and JAX: gives the same tasks to persistent workers in turn, and prints each one's median.

    python3 tests/peers/compare.py [--rounds 5] [--tasks FILE] [--peers eager,jit] [NAME='COMMAND' ...]

A worker reads one task a line on stdin and answers one number a line, higher is better, 'nan' if it cannot (see
torch_worker.py for the tasks). Workers take turns task by task in a shuffled order, so a drift of the machine's speed
hits them alike; the first round warms up and is dropped. The last columns are the median of ours / best peer, round by
round, and its range. Commands that are given join the peers; with the name 'ours' one takes the place of Advect.
"""
import argparse
import math
import os
import random
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

STANDARD = [
    "train 2 64 3 selu 256 0.4", "train 2 64 3 selu 2048 0.4",
    "train 2 256 4 silu 256 0.4", "train 2 256 4 silu 2048 0.5",
    "train 64 512 5 silu 256 0.5", "train 64 512 5 silu 2048 0.8",
    "train 784 1024 4 silu 256 0.8", "train 784 1024 4 silu 2048 1.5",
    "sample 2 64 3 selu 10000 0.5", "sample 2 256 4 silu 10000 1.0",
    "loglik 2 64 3 selu 10000 0.5", "loglik 2 256 4 silu 10000 1.0", "loglik 64 512 3 silu 2000 1.0",
    "ot 256 2 0.4",
]
HERE = Path(__file__).resolve().parent
PEERS = {"eager": "torch", "fused": "torch", "compile": "torch", "jit": "jax", "scan": "jax"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tasks", type=Path, help="a file of tasks, one a line, instead of the standard ones")
    parser.add_argument("--peers", default=",".join(PEERS), help="those of %(default)s to compare with")
    parser.add_argument("worker", nargs="*", help="NAME='COMMAND'")
    args = parser.parse_args()
    unknown = [word for word in args.peers.split(",") if word and word not in PEERS]
    unnamed = [word for word in args.worker if "=" not in word]
    if unknown:
        parser.error(f"there is no peer {unknown[0]!r}: choose from {', '.join(PEERS)}")
    if unnamed:
        parser.error(f"a worker is NAME='COMMAND', not {unnamed[0]!r}")
    if args.rounds < 1:
        parser.error(f"--rounds {args.rounds}: at least one round is needed besides the first, which warms up")
    return args


def commands(args):
    given = dict(word.split("=", 1) for word in args.worker)
    ours = {"ours": given.pop("ours", f"{shlex.quote(str(HERE.parent.parent / 'advect'))} bench --worker")}
    peers = {
        name: shlex.join([sys.executable, str(HERE / f"{PEERS[name]}_worker.py"), name])
        for name in args.peers.split(",") if name
    }
    return ours | peers | given


def start(command):
    # Variables that some machines set for OpenBLAS would slow NumPy down in a peer.
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    return subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                            env=environment)


def ask(process, task):
    try:
        process.stdin.write(task + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())
    except (ValueError, BrokenPipeError):
        return math.nan


def measure(workers, tasks, rounds):
    answers = {task: {name: [] for name in workers} for task in tasks}
    for number in range(rounds + 1):
        for task in tasks:
            for name in random.sample(list(workers), len(workers)):
                answer = ask(workers[name], task)
                if number > 0:
                    answers[task][name].append(answer)
    return answers


def ratio(ours, others):
    """The median and the range over rounds of ours against the best of the others, which may be missing."""
    best = [max((v for v in answers if not math.isnan(v)), default=math.nan) for answers in zip(*others)]
    ratios = [our / other for our, other in zip(ours, best) if not math.isnan(our / other)]
    return f"{statistics.median(ratios):10.2f} {min(ratios):7.2f}-{max(ratios):.2f}" if ratios else "nan".rjust(10)


def main():
    args = parse()
    tasks = [line.strip() for line in args.tasks.read_text().splitlines() if line.strip()] if args.tasks else STANDARD
    workers = {name: start(command) for name, command in commands(args).items()}
    answers = measure(workers, tasks, args.rounds)
    for process in workers.values():
        process.stdin.close()
        process.wait()
    print("task".ljust(34), *(name.rjust(10) for name in workers), "ours/best".rjust(10), "range".rjust(12))
    for task, by_name in answers.items():
        ours, *others = by_name.values()
        medians = (f"{statistics.median(values):10.5g}" for values in by_name.values())
        print(" ".join(task.split()[:-1]).ljust(34), *medians, ratio(ours, others))
    if all(math.isnan(value) for by_name in answers.values() for value in by_name["ours"]):
        sys.exit("compare.py: Advect answered no task; what it said is above.")


main()
