"""A training by `advect train` beside the bench's: how much of the bench's rate does the command reach?

    python3 tests/bench/train_beside_bench.py [--pairs 3] [--task 'train 2 64 3 selu 256'] [TRAIN ARGUMENTS ...]

Both processes stay alive and take turns: while one runs, the other is halted (SIGSTOP), so the machine's speed at that
time is the same for both. A turn's ratio is the training's own rate, from its lines of metrics, to the bench's median
just before and after. Printed are a pair's median over its turns, and the median of all pairs. Without arguments the
training does what the bench does, with its data pipeline, reports and checkpoints on; 'moons' alone is the preset,
which also clips, averages, adds noise to its path and has ten times the rows.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ADVECT = Path(__file__).resolve().parents[2] / "advect"
SAME = ("moons --set data.points=10000 --set path.sigma=0 --set optimizer.clip=0 --set training.ema=0").split()
TURNS = 6
WARM, SETTLE, TURN = 7.0, 0.5, 1.8  # seconds


def last_line(run):
    line = (run / "metrics.jsonl").read_text().splitlines()[-1]
    values = json.loads(line)
    return values["step"], values["seconds"]


def training_rate(process, run):
    """Steps a second of a turn, by the time that the training says it has spent."""
    os.kill(process.pid, signal.SIGCONT)
    time.sleep(SETTLE)
    step, seconds = last_line(run)
    time.sleep(TURN)
    later, end = last_line(run)
    os.kill(process.pid, signal.SIGSTOP)
    if later == step:
        sys.exit(f"the training wrote no line in {TURN} s: give it a smaller network or a smaller reportEvery")
    return (later - step) / (end - seconds)


def pair(arguments, task):
    folder = Path(tempfile.mkdtemp())
    run = folder / "run"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        [ADVECT, "train", *arguments, "--out", run, "--steps", "10000000", "--quiet"], **quiet)
    worker = None
    try:
        time.sleep(WARM)
        if process.poll() is not None:
            sys.exit(f"advect train {' '.join(arguments)} ended with status {process.returncode}")
        os.kill(process.pid, signal.SIGSTOP)
        worker = subprocess.Popen(
            [ADVECT, "bench", "--worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, bufsize=1)

        def bench_rate():
            worker.stdin.write(f"{task} 1.5\n")
            return float(worker.stdout.readline())

        bench_rate()
        bench, train = [bench_rate()], []
        for _ in range(TURNS):
            train.append(training_rate(process, run))
            bench.append(bench_rate())
        ratio = statistics.median(t / ((b0 + b1) / 2) for t, b0, b1 in zip(train, bench, bench[1:]))
        print(f"{ratio:.3f}  train {statistics.median(train):.0f}, bench {statistics.median(bench):.0f} steps/s",
              flush=True)
        return ratio
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGCONT)
            process.kill()
        process.wait()
        if worker:
            worker.stdin.close()
            worker.wait()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--task", default="train 2 64 3 selu 256")
    args, arguments = parser.parse_known_args()
    subprocess.run([ADVECT, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be
    ratios = [pair(arguments or SAME, args.task) for _ in range(args.pairs)]
    print(f"median of {len(ratios)} pairs: {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
