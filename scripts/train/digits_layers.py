# SPDX-License-Identifier: Apache-2.0
"""Layers with gradients for train_digits_cnn.py; images are [n, height, width, channels], float64.

Weights are on a grid of 2^-16, activations on 2^-12, gradients on 2^-24. The finest products are
then multiples of 2^-40, whose sums are exact in any order while they stay below 2^13, which they do
by far: the files are the same for every BLAS kernel and SIMD level.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from train_digits import grid

EPSILON = 2.0**-16  # Choice: of a batch norm's variance
WEIGHT_BITS, VALUE_BITS, GRADIENT_BITS = 16, 12, 24  # Choice, see above


def max_pool(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """2 x 2; and which of the four pixels it was, the first of equal ones."""
    n, h, w, c = x.shape
    four = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(
        n, h // 2, w // 2, c, 4)
    return four.max(axis=4), four.argmax(axis=4)


def max_pool_gradient(gradient: np.ndarray, at: np.ndarray) -> np.ndarray:
    n, h, w, c = gradient.shape
    four = gradient[..., None] * (at[..., None] == np.arange(4))
    return four.reshape(n, h, w, c, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(n, 2 * h, 2 * w, c)


class Linear:
    """x W + bias."""

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator):
        self.arrays = {"weights": grid(rng.standard_normal((n_in, n_out)) * np.sqrt(2.0 / n_in),
                                       WEIGHT_BITS), "bias": np.zeros(n_out)}
        self.noisy = self.arrays["weights"]
        self.gradients: dict[str, np.ndarray] = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return x @ self.noisy + self.arrays["bias"]

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        self.gradients = {"weights": self.x.T @ gradient, "bias": gradient.sum(axis=0)}
        return grid(gradient @ self.noisy.T, GRADIENT_BITS)

    def rows_by_channel(self) -> np.ndarray:
        return self.arrays["weights"]

    def digital(self) -> dict[str, np.ndarray]:
        """What follows the product, in the words of a network file."""
        return {"bias": self.arrays["bias"]}


class Batch:
    """A batch norm over all but the last axis; a quarter of its factors begin negative."""

    def __init__(self, n: int):
        self.arrays = {"gamma": np.where(np.arange(n) % 4 == 3, -1.0, 1.0), "beta": np.zeros(n)}
        self.gradients: dict[str, np.ndarray] = {}

    def normalised(self, y: np.ndarray) -> np.ndarray:
        """y on its grid, with the statistics of this batch."""
        flat = grid(y, VALUE_BITS).reshape(-1, y.shape[-1])
        self.mean = flat.sum(axis=0) / len(flat)
        square = (flat * flat).sum(axis=0) / len(flat)
        self.deviation = np.sqrt(np.maximum(square - self.mean * self.mean, 0) + EPSILON)
        self.hat = grid((flat - self.mean) / self.deviation, VALUE_BITS)
        out = self.hat * self.arrays["gamma"] + self.arrays["beta"]
        return grid(out, VALUE_BITS).reshape(y.shape)

    def gradient_of_norm(self, gradient: np.ndarray) -> np.ndarray:
        flat = grid(gradient, GRADIENT_BITS).reshape(-1, gradient.shape[-1])
        beta, gamma = flat.sum(axis=0), (flat * self.hat).sum(axis=0)
        self.gradients.update(gamma=gamma, beta=beta)
        inner = flat - (beta + self.hat * gamma) / len(flat)
        inner = inner * (self.arrays["gamma"] / self.deviation)
        return grid(inner, GRADIENT_BITS).reshape(gradient.shape)

    def keep_statistics(self) -> None:
        """The statistics of the last batch become the network's."""
        factor = self.arrays["gamma"] / self.deviation
        self.kept = np.stack([factor, self.arrays["beta"] - self.mean * factor])

    def digital(self) -> dict[str, np.ndarray]:
        return {"batch_norm": self.kept}


class Conv(Batch):
    """3 x 3, one pixel of zeros around the image, then a batch norm. Rows: ky, kx, channel."""

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator):
        super().__init__(n_out)
        self.n_in, rows = n_in, 9 * n_in
        self.arrays["weights"] = grid(rng.standard_normal((rows, n_out)) * np.sqrt(2.0 / rows),
                                      WEIGHT_BITS)
        self.noisy = self.arrays["weights"]

    def _rows(self, x: np.ndarray) -> np.ndarray:
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        seen = sliding_window_view(padded, (3, 3), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
        return seen.reshape(-1, 9 * x.shape[3])

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.rows = self._rows(x)
        y = (self.rows @ self.noisy).reshape(*x.shape[:3], -1)
        out = self.normalised(y)
        self.is_positive = out > 0
        return out

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Of the input: the convolution of the gradient with the mirrored kernel."""
        g = self.gradient_of_norm(gradient)
        self.gradients["weights"] = self.rows.T @ g.reshape(-1, g.shape[3])
        kernel = self.noisy.reshape(3, 3, self.n_in, -1)[::-1, ::-1].transpose(0, 1, 3, 2)
        back = self._rows(g) @ kernel.reshape(-1, self.n_in)
        return grid(back, GRADIENT_BITS).reshape(*g.shape[:3], self.n_in)

    def rows_by_channel(self) -> np.ndarray:
        w = self.arrays["weights"].reshape(3, 3, self.n_in, -1)
        return w.transpose(2, 0, 1, 3).reshape(9 * self.n_in, -1)
