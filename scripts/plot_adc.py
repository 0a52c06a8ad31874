#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draw what `sim adc` measured: transfer curves, INL, DNL, and the spread of gain and offset.

  scripts/plot_adc.py configs/curves/hermes_like_256.csv --out out/adc_plots
  build/release/sim adc CURVES.csv --json --full > m.json; scripts/plot_adc.py m.json

Writes transfer, inl, dnl and spread, each as .png and .svg. No figure is computed here that
`sim adc` does not give; percentiles over columns are. Exit codes: 0 done, 2 command line wrong or
matplotlib missing, 3 input wrong, 5 output cannot be written.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # of the repository
FORMAT = "aimc-adc-metrics/2"
USAGE, BAD_INPUT, BAD_OUTPUT = 2, 3, 5


class Stop(Exception):
    """Ends the program with a line on stderr and an exit code."""

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code


def load_figures():
    """The drawing part, without a display, and with the same SVG bytes each time."""
    try:
        import matplotlib
        matplotlib.use("Agg")
        import adc_figures
    except ImportError as error:
        raise Stop(USAGE, f"{error.name} is missing: apt install python3-matplotlib") from error
    matplotlib.rcParams.update({
        "svg.hashsalt": "aimc", "savefig.dpi": 150, "font.size": 9.5, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25, "axes.axisbelow": True,
        "axes.titlesize": 10, "axes.titlelocation": "left", "legend.frameon": False})
    return adc_figures.ALL


def run_sim(sim: str, curves: Path) -> str:
    try:
        run = subprocess.run([sim, "adc", str(curves), "--json", "--full"], capture_output=True,
                             text=True, check=False)
    except OSError as error:
        raise Stop(USAGE, f"{sim}: {error.strerror}; build it, or name it with --sim") from error
    if run.returncode != 0:
        raise Stop(run.returncode if run.returncode > 0 else BAD_INPUT, run.stderr.strip())
    return run.stdout


def load(path: Path, sim: str) -> dict:
    if path.suffix == ".csv":
        text = run_sim(sim, path)
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Stop(BAD_INPUT, f"{path}: cannot be read: {error}") from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Stop(BAD_INPUT, f"{path}: not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Stop(BAD_INPUT, f"{path}: /format must be \"{FORMAT}\" (sim adc CURVES.csv --json --full)")
    if not isinstance(data.get("curves"), list):
        raise Stop(BAD_INPUT, f"{path}: /curves must be a list")
    if any("arrays" not in curve for curve in data["curves"]):
        raise Stop(BAD_INPUT, f"{path}: holds no INL[k] and DNL[k]; run sim adc with --json --full")
    data["curves"] = [c for c in data["curves"] if c["best_fit"]["gain"] is not None]
    if not data["curves"]:
        raise Stop(BAD_INPUT, f"{path}: no curve has two transition levels, nothing to draw")
    return data


def save(figure, folder: Path, name: str):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    except OSError as error:
        raise Stop(BAD_OUTPUT, f"{folder / name}: cannot be written: {error.strerror}") from error


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("input", type=Path, help="curve file (.csv), or the JSON of sim adc --json --full")
    parser.add_argument("--sim", default=str(ROOT / "build/release/sim"), help="program that measures a .csv")
    parser.add_argument("--out", type=Path, default=Path("out/adc_plots"), help="folder (default: %(default)s)")
    args = parser.parse_args()
    try:
        figures = load_figures()
        data = load(args.input, args.sim)
        for draw in figures:
            save(draw(data), args.out, draw.__name__)
    except Stop as stop:
        print(f"plot_adc.py: {stop}", file=sys.stderr)
        return stop.code
    except KeyError as error:
        print(f"plot_adc.py: {args.input}: lacks {error}", file=sys.stderr)
        return BAD_INPUT
    print(f"{args.out}: transfer, inl, dnl, spread (.png, .svg)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
