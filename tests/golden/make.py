#!/usr/bin/env python3
"""Makes the golden data of the engine's tests: what PyTorch computes for small models.

The files in engine/src/test/resources/dev/advect/golden were made by this script with
PyTorch 2.13.0 (CPU, one thread), safetensors 0.8.0 and Python 3.11. They are made once: run it
again only to add a case. A file whose contents stay the same is not written again.

    python make.py [FOLDER]

Every file is written by PyTorch's own safetensors library. Parameters have the names and shapes
of the engine's models (field.layers.{i}.weight, field.layers.{i}.bias), all arrays are rows of
samples. Parameters and inputs are 32-bit floats; PyTorch computes with them in double precision,
and the results are rounded to 32 bits, but for losses and log-densities, which stay double.

velocity-*   x, t -> v, divergence (the trace of the exact Jacobian)
gradient-*   t, x0, x1, eps -> loss, gradient.<parameter>
training-*   ten batches t, x0, x1, eps -> ten losses, final.<parameter>
model-*      a model that the engine can open, with a normaliser
scores-*     data -> logDensity.<solver> of the model of the same name
"""

import json
import math
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[2] / "engine/src/test/resources/dev/advect/golden"

ACTIVATIONS = {
    "selu": torch.nn.SELU(),
    "silu": torch.nn.SiLU(),
    "gelu": torch.nn.GELU(),
    "tanh": torch.nn.Tanh(),
    "softplus": torch.nn.Softplus(),
    "relu": torch.nn.ReLU(),
    "elu": torch.nn.ELU(),
}


class Mlp(torch.nn.Module):
    """v(x, t): x and the time features in, the activation between layers, a velocity out."""

    def __init__(self, dim, hidden, activation, time="concat"):
        super().__init__()
        self.time = time
        self.activation = ACTIVATIONS[activation]
        widths = [dim + {"concat": 1, "fourier": 7}[time], *hidden, dim]
        self.layers = torch.nn.ModuleList(map(torch.nn.Linear, widths[:-1], widths[1:]))
        self.json = json.dumps(
            {"kind": "mlp", "dim": dim, "hidden": hidden, "activation": activation, "time": time}
        )

    def features(self, t):
        if self.time == "concat":
            return t[:, None]
        angles = math.pi * t[:, None] * torch.tensor([1, 2, 3])
        return torch.cat([t[:, None], angles.cos(), angles.sin()], 1)

    def forward(self, x, t):
        h = torch.cat([x, self.features(t)], 1)
        for layer in self.layers[:-1]:
            h = self.activation(layer(h))
        return self.layers[-1](h)


class Model(torch.nn.Module):
    """Holds the network under the name that parameters begin with."""

    def __init__(self, field):
        super().__init__()
        self.field = field

    def forward(self, x, t):
        return self.field(x, t)


def model(seed, *shape, gain=1.0):
    """A network with 32-bit weights, gain times PyTorch's initial ones, that computes in double."""
    torch.manual_seed(seed)
    result = Model(Mlp(*shape))
    with torch.no_grad():
        for p in result.parameters():
            p.mul_(gain)
    return result.double()


def parameters(m, prefix=""):
    return {prefix + name: p.detach().clone() for name, p in m.named_parameters()}


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float32).double()


def uniform(*shape):
    return torch.rand(*shape, dtype=torch.float32).double()


def save(name, arrays, metadata, double=()):
    """Writes a file, unless it is there with the same contents."""
    arrays = {
        key: (a if key.split(".")[0] in double else a.float()).contiguous()
        for key, a in arrays.items()
    }
    path = FOLDER / (name + ".safetensors")
    if path.exists():
        with safe_open(path, "pt") as old:
            if (
                old.metadata() == metadata
                and set(old.keys()) == set(arrays)
                and all(torch.equal(old.get_tensor(k), a) for k, a in arrays.items())
            ):
                return
    save_file(arrays, path, metadata)
    print(f"{path.name}: {path.stat().st_size} bytes")


def divergence(m, x, t):
    """The trace of the Jacobian of every row, each taken whole."""
    traces = []
    for row, time in zip(x, t):
        jacobian = torch.autograd.functional.jacobian(
            lambda y: m(y[None], time[None])[0], row.detach()
        )
        traces.append(torch.trace(jacobian))
    return torch.stack(traces)


# ------------------------------------------------------------------------------- velocities


def velocities():
    cases = {f"velocity-{a}": (2, [16, 16], a) for a in ACTIVATIONS}
    cases["velocity-64"] = (64, [32], "selu")
    cases["velocity-fourier"] = (3, [12], "silu", "fourier")
    for number, (name, shape) in enumerate(cases.items()):
        m = model(100 + number, *shape, gain=2.0)
        x = 2 * normal(7, shape[0])
        t = uniform(7)
        t[0], t[1] = 0, 1
        arrays = {"x": x, "t": t, "v": m(x, t).detach(), "divergence": divergence(m, x, t)}
        save(name, parameters(m) | arrays, {"field": m.field.json})


# --------------------------------------------------------------------------------- gradients

PATHS = {"icfm": {"kind": "icfm", "sigma": 0.1}, "ot": {"kind": "ot", "sigma": 0.1}}


def batch(size, dim, spread=1.0):
    return {
        "t": uniform(size),
        "x0": spread * normal(size, dim),
        "x1": spread * (1.5 * normal(size, dim) + 1),
        "eps": spread * normal(size, dim),
    }


def loss(m, path, t, x1, eps, x0=None):
    """|v(x_t, t) - u_t|^2, as a mean over samples and dimensions."""
    sigma, time = path["sigma"], t[:, None]
    if path["kind"] == "icfm":
        xt = (1 - time) * x0 + time * x1 + sigma * eps
        target = x1 - x0
    else:
        xt = time * x1 + (1 - (1 - sigma) * time) * eps
        target = x1 - (1 - sigma) * eps
    return torch.nn.functional.mse_loss(m(xt, t), target)


def gradients():
    for number, (name, path) in enumerate(PATHS.items()):
        m = model(200 + number, 3, [9, 8], "silu", gain=1.5)
        given = batch(6, 3)
        if name == "ot":
            del given["x0"]  # its source is the noise of the path
        value = loss(m, path, **given)
        value.backward()
        found = {"gradient." + n: p.grad for n, p in m.named_parameters()}
        save(
            "gradient-" + name,
            parameters(m) | given | {"loss": value.detach()} | found,
            {"field": m.field.json, "path": json.dumps(path)},
            double={"loss"},
        )


# ---------------------------------------------------------------------------------- training

STEPS = 10
CLIP = 1.0
RATE = 0.03125
# Besides the usual constants some that show in ten steps where each of them enters.
USUAL = {"weight_decay": 0.0, "betas": (0.9, 0.999), "eps": 1e-8}
OTHER = {"weight_decay": 0.125, "betas": (0.8, 0.95), "eps": 0.01}
OPTIMIZERS = {
    "adam": (torch.optim.Adam, USUAL),
    "adam-other": (torch.optim.Adam, OTHER),
    "adamw": (torch.optim.AdamW, OTHER),
    "adamax": (torch.optim.Adamax, OTHER),
    "sgd": (torch.optim.SGD, {"weight_decay": 0.125, "momentum": 0.9}),
}


def training():
    for name, (method, options) in OPTIMIZERS.items():
        m = model(300, 3, [10, 10], "selu")
        start = parameters(m)
        optimizer = method(m.parameters(), lr=RATE, **options)
        batches = [batch(8, 3, spread=0.25 if k % 3 == 1 else 1) for k in range(STEPS)]
        losses, norms = [], []
        for given in batches:
            optimizer.zero_grad()
            value = loss(m, PATHS["icfm"], **given)
            value.backward()
            norms.append(torch.nn.utils.clip_grad_norm_(m.parameters(), CLIP).item())
            optimizer.step()
            losses.append(value.detach())
        # Both sides of the clipping are worth a comparison.
        assert min(norms) < 0.95 * CLIP and max(norms) > 1.05 * CLIP, (name, norms)
        given = {key: torch.stack([b[key] for b in batches]) for key in batches[0]}
        numbers = {"learningRate": RATE, "clip": CLIP, "weightDecay": options["weight_decay"]}
        if "betas" in options:
            beta1, beta2 = options["betas"]
            numbers |= {"beta1": beta1, "beta2": beta2, "epsilon": options["eps"]}
        else:
            numbers |= {"momentum": options["momentum"]}
        save(
            "training-" + name,
            start | given | {"loss": torch.stack(losses)} | parameters(m, "final."),
            {"field": m.field.json, "path": json.dumps(PATHS["icfm"])}
            | {"optimizer": name.split("-")[0]}
            | {key: repr(number) for key, number in numbers.items()},
            double={"loss"},
        )


# --------------------------------------------------------------------------------- likelihood


def euler(f, s, t, h):
    return s + h * f(s, t)


def midpoint(f, s, t, h):
    return s + h * f(s + h / 2 * f(s, t), t + h / 2)


def heun(f, s, t, h):
    k1 = f(s, t)
    return s + h / 2 * (k1 + f(s + h * k1, t + h))


def rk4(f, s, t, h):
    k1 = f(s, t)
    k2 = f(s + h / 2 * k1, t + h / 2)
    k3 = f(s + h / 2 * k2, t + h / 2)
    k4 = f(s + h * k3, t + h)
    return s + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def rk4_38(f, s, t, h):
    k1 = f(s, t)
    k2 = f(s + h / 3 * k1, t + h / 3)
    k3 = f(s + h * (k2 - k1 / 3), t + 2 * h / 3)
    k4 = f(s + h * (k1 - k2 + k3), t + h)
    return s + h / 8 * (k1 + 3 * k2 + 3 * k3 + k4)


SOLVERS = {"euler": euler, "midpoint": midpoint, "heun": heun, "rk4": rk4, "rk4-38": rk4_38}


def log_density(m, x, steps, solver):
    """log p_1 of rows: the state (x, l) is moved by (v, -div v) from t = 1 back to t = 0."""

    def f(s, t):
        x, time = s[:, :-1], torch.full((len(s),), t, dtype=s.dtype)
        return torch.cat([m(x, time).detach(), -divergence(m, x, time)[:, None]], 1)

    s = torch.cat([x, torch.zeros(len(x), 1, dtype=x.dtype)], 1)
    for k in range(steps, 0, -1):
        s = solver(f, s, k / steps, -1 / steps)
    x0, change = s[:, :-1], s[:, -1]
    log_p0 = -0.5 * (x0**2).sum(1) - 0.5 * x0.shape[1] * math.log(2 * math.pi)
    return log_p0 - change


def likelihood():
    steps = 20
    cases = {
        "2": ((2, [16, 16], "silu"), "icfm", "standardize", [1.0, -3.0], [2.0, 0.375]),
        "6": ((6, [24], "tanh"), "ot", "range", [8.5], [8.5]),
    }
    for number, (name, (shape, path, kind, shift, scale)) in enumerate(cases.items()):
        m = model(400 + number, *shape, gain=2.0)
        normalizer = {"kind": kind, "shift": shift, "scale": scale}
        metadata = {
            "format_version": "1",
            "convention": "t0=noise,t1=data",
            "field": m.field.json,
            "path": json.dumps(PATHS[path]),
            "normalizer": json.dumps(normalizer),
            "parameters": str(sum(p.numel() for p in m.parameters())),
            "seed": "0",
            "step": "0",
        }
        save("model-" + name, parameters(m), metadata)
        dim = shape[0]
        shift, scale = (torch.tensor(a, dtype=torch.float64).expand(dim) for a in (shift, scale))
        data = (normal(5, dim) * scale + shift).float().double()
        arrays = {"data": data}
        for solver, step in SOLVERS.items():
            scores = log_density(m, (data - shift) / scale, steps, step)
            arrays["logDensity." + solver] = scores - scale.log().sum()
        save("scores-" + name, arrays, {"steps": str(steps)}, double={"logDensity"})


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) > 1:
        FOLDER = Path(sys.argv[1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    velocities()
    gradients()
    training()
    likelihood()
