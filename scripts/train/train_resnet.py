#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Train ResNet-9, ResNet-20 or ResNet-32 on CIFAR on a CPU, as a network file (torch, numpy).

resnet20 has option-A shortcuts (zeros for new channels), resnet20_b convolutions of 1 x 1 there.

Data are records of the CIFAR "binary version". Pixels are bytes / 64 without a mean taken off, so
that every activation is unsigned. Hardware-aware training: --noise adds Gaussian noise of that
share of a layer's largest weight to its weights in every step, --clip-sigma clips weights at that
many sd of their layer. Every epoch writes the state, from which --resume goes on; --init starts
from another state's weights. The last epoch's network is written, not the best one; batch norms
stay apart (`batch_norm`), so that clipped weights stay clipped.

  python3 scripts/train/train_resnet.py --net resnet9 --train data_batch_*.bin \\
      --test test_batch.bin --epochs 32 --state state.pt --out resnet9.json
  python3 scripts/train/train_resnet.py ... --init state.pt --epochs 14 --rate 0.05 --noise 0.06 \\
      --clip-sigma 2.5 --state tuned.pt --out tuned.json

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written, 77 no torch.
"""
import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

try:
    import torch
    from torch.nn import functional
except ImportError as error:
    print("skipped: train_resnet.py needs torch (%s): apt install python3-torch" % error,
          file=sys.stderr)
    sys.exit(77)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cifar import SETS, read_records  # noqa: E402
from graph_module import GraphModule  # noqa: E402
from network_file import DTYPES, NetworkError, write_network  # noqa: E402
from network_import import BAD_INPUT, BAD_OUTPUT, network_path, positive, summary  # noqa: E402
from network_topologies import TOPOLOGIES  # noqa: E402

SCALE = 1 / 64        # Source: facts, pixel byte / 64 without mean subtraction
MARGIN = 4            # Source: He et al. 2016, section 4.2: crops of images padded by 4
SMOOTHING = 0.1       # Choice: of the labels
DECAY = 5e-4          # Choice: of weights, not of batch norms and biases
MOMENTUM = 0.9        # Source: He et al. 2016, section 4.2
WARM_UP = 0.25        # Choice: share of the steps in which the rate rises linearly; then it falls


def augmented(images: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random crops and mirror images of some rows; images [n, 3, 40, 40], padded by MARGIN."""
    size = images.shape[2] - 2 * MARGIN
    top, left = rng.integers(0, 2 * MARGIN + 1, (2, len(rows)))
    is_mirrored = rng.random(len(rows)) < 0.5
    out = np.empty((len(rows), images.shape[1], size, size), dtype=np.uint8)
    for k, row in enumerate(rows):
        crop = images[row, :, top[k]:top[k] + size, left[k]:left[k] + size]
        out[k] = crop[:, :, ::-1] if is_mirrored[k] else crop
    return out


def as_input(images: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(images).to(torch.float32) * SCALE
    return tensor.contiguous(memory_format=torch.channels_last)


def precision(is_bfloat16: bool) -> torch.autocast:
    """Of products: bfloat16 is two to three times as fast as float32 on a CPU that has it."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_bfloat16)


@torch.no_grad()
def top1(model: GraphModule, images: np.ndarray, labels: np.ndarray, is_bfloat16: bool) -> float:
    """Share of images whose largest score is the label, in percent."""
    model.eval()
    good = 0
    for start in range(0, len(labels), 500):
        with precision(is_bfloat16):
            scores = model(as_input(images[start:start + 500]))
        good += int((scores.argmax(1).numpy() == labels[start:start + 500]).sum())
    return 100.0 * good / len(labels)


@torch.no_grad()
def add_noise(weights: list[torch.Tensor], share: float) -> list[torch.Tensor]:
    """Noise on all weights; gives them as they were."""
    kept = [w.clone() for w in weights]
    for w in weights:
        w += torch.randn_like(w) * (share * w.abs().max())
    return kept


@torch.no_grad()
def take_noise_off(weights: list[torch.Tensor], kept: list[torch.Tensor]) -> None:
    for w, clean in zip(weights, kept):
        w.copy_(clean)


@torch.no_grad()
def clip(weights: list[torch.Tensor], sigma: float) -> None:
    for w in weights:
        bound = sigma * w.std()
        w.copy_(torch.maximum(torch.minimum(w, bound), -bound))


class Training:
    """A model, its optimiser, its random numbers; what a state file keeps."""

    def __init__(self, args: argparse.Namespace, n_images: int):
        self.args = args
        torch.manual_seed(args.seed)
        self.rng = np.random.Generator(np.random.PCG64(args.seed))
        make_nodes, width_layers, shape = TOPOLOGIES[args.net]
        self.model = GraphModule(make_nodes(args.widths), shape, args.widths, width_layers,
                                 args.classes).to(memory_format=torch.channels_last)
        self.per_epoch, self.epoch = max(1, n_images // args.batch), 0
        plain = [p for p in self.model.parameters() if p.ndim == 1]
        self.optimiser = torch.optim.SGD(
            [{"params": self.model.weights(), "weight_decay": DECAY}, {"params": plain}],
            lr=args.rate, momentum=MOMENTUM, nesterov=True)

    def rate(self, step: int) -> float:
        total = self.per_epoch * self.args.epochs
        warm = max(1.0, WARM_UP * total)
        return self.args.rate * min((step + 1) / warm, (total - step) / max(1.0, total - warm))

    def run_epoch(self, images: np.ndarray, labels: np.ndarray) -> float:
        """One pass over the padded images; gives the mean loss."""
        self.model.train()
        weights, order, loss_sum = self.model.weights(), self.rng.permutation(len(labels)), 0.0
        for k in range(self.per_epoch):
            for group in self.optimiser.param_groups:
                group["lr"] = self.rate(self.epoch * self.per_epoch + k)
            rows = order[k * self.args.batch:(k + 1) * self.args.batch]
            x = as_input(augmented(images, rows, self.rng))
            kept = add_noise(weights, self.args.noise) if self.args.noise else []
            self.optimiser.zero_grad(set_to_none=True)
            with precision(self.args.bfloat16):
                scores = self.model(x)
            loss = functional.cross_entropy(scores.float(), torch.from_numpy(labels[rows]),
                                            label_smoothing=SMOOTHING)
            loss.backward()
            take_noise_off(weights, kept)
            self.optimiser.step()
            if self.args.clip_sigma:
                clip(weights, self.args.clip_sigma)
            loss_sum += loss.item()
        self.epoch += 1
        return loss_sum / self.per_epoch

    def save(self, path: Path) -> None:
        part = path.with_name("%s.part%d" % (path.name, os.getpid()))
        try:
            with part.open("wb") as stream:
                torch.save({"model": self.model.state_dict(),
                            "optimiser": self.optimiser.state_dict(), "epoch": self.epoch,
                            "numpy": self.rng.bit_generator.state,
                            "torch": torch.get_rng_state()}, stream)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def load(self, path: Path, weights_only: bool) -> None:
        """Raises NetworkError if the file holds no state of this network."""
        try:
            state = torch.load(path, map_location="cpu")
            self.model.load_state_dict(state["model"])
            if not weights_only:
                self.optimiser.load_state_dict(state["optimiser"])
                self.epoch = state["epoch"]
                self.rng.bit_generator.state = state["numpy"]
                torch.set_rng_state(state["torch"])
        except OSError as error:
            raise NetworkError("%s: cannot be read: %s" % (path, error.strerror)) from None
        except Exception as error:  # torch raises whatever its pickle meets
            raise NetworkError("%s: is no state of this network: %s" % (
                path, str(error).strip().partition("\n")[0])) from None


def width_list(text: str) -> tuple[int, ...]:
    widths = tuple(int(part) for part in text.split(","))
    if min(widths) < 1:
        raise argparse.ArgumentTypeError("must be numbers from 1, separated by commas")
    return widths


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    add = parser.add_argument
    add("--net", choices=sorted(TOPOLOGIES), required=True)
    add("--widths", type=width_list, help="default: 28,56,112,112 (resnet9) or 16,32,64")
    add("--classes", type=int, choices=sorted(SETS), default=10,
        help="10 or 100: also says the record format (default 10)")
    add("--train", type=Path, nargs="+", required=True, metavar="FILE", help="training records")
    add("--test", type=Path, nargs="+", required=True, metavar="FILE", help="test records")
    add("--epochs", type=int, required=True)
    add("--batch", type=int, default=256)
    add("--rate", type=positive, default=0.2, help="largest learning rate (default 0.2)")
    add("--noise", type=positive, default=0.0, metavar="SHARE", help="weight noise (default 0)")
    add("--clip-sigma", type=positive, default=0.0, metavar="SD", help="default 0: no clipping")
    add("--seed", type=int, default=1)
    add("--threads", type=int, default=1)
    add("--bfloat16", action="store_true",
        help="products in bfloat16, except for the accuracy at the end")
    add("--state", type=Path, required=True, metavar="FILE", help="written after every epoch")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--resume", action="store_true", help="go on from --state")
    start.add_argument("--init", type=Path, metavar="FILE", help="start from this state's weights")
    add("--dtype", choices=DTYPES, default="float16", help="of the weights written")
    add("--origin", default="", help="for the network file: data, licence")
    add("--out", type=network_path, required=True, metavar="NET.json")
    args = parser.parse_args()
    _, width_layers, _ = TOPOLOGIES[args.net]
    default = TOPOLOGIES[args.net][0].__defaults__[0]
    args.widths = args.widths or default
    if len(args.widths) != len(width_layers):
        parser.error("--widths must be %d numbers" % len(width_layers))
    if min(args.epochs, args.batch, args.threads) < 1:
        parser.error("--epochs, --batch and --threads must be from 1")
    return args


def train(args: argparse.Namespace) -> None:
    images, labels = read_records(args.train, args.classes)
    test_images, test_labels = read_records(args.test, args.classes)
    training = Training(args, len(labels))
    if args.init or args.resume:
        training.load(args.init or args.state, weights_only=not args.resume)
    padded = np.pad(images, ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)), mode="reflect")
    while training.epoch < args.epochs:
        begin = time.monotonic()
        loss = training.run_epoch(padded, labels)
        training.save(args.state)
        print("epoch %d of %d: loss %.4f, top-1 %.2f %% of %d test images, %.0f s" % (
            training.epoch, args.epochs, loss,
            top1(training.model, test_images, test_labels, args.bfloat16), len(test_labels),
            time.monotonic() - begin), flush=True)
    reached = top1(training.model, test_images, test_labels, False)
    network = training.model.network(args.out, SCALE, args.dtype, args.origin,
                                     round(reached, 2))
    write_network(args.out, network)
    print("%s: top-1 %.2f %%; %s" % (args.out, reached, summary(network)))


def main() -> int:
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    try:
        train(args)
    except NetworkError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print("%s: cannot be written: %s" % (error.filename, error.strerror), file=sys.stderr)
        return BAD_OUTPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
