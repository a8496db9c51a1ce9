"""Exported pictures show what the canvas shows: SVG and PDF against PNG, TikZ through pdflatex; styles, selections, text as TeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app import gallery
from app.canvas import tex
from app.canvas.drawing import Text
from app.canvas.picture import Picture, Shown
from app.theme import BOARD, PAPER, Theme, styled
from graph.diagram import Block, Diagram, Pin
from graph.files import load
from graph.frame import Comment, Frame
from nodes.catalogue import catalogue
from runtime.snapshot import Flow, Report, Snapshot
from tests.app.canvas_bench import Bench, block, closing, diagram, spiral

__all__ = ["closing"]  # a fixture for every test here

Pixels = npt.NDArray[np.float64]
REPORT = Report(shapes={Pin("x", "y"): (-1, 2), Pin("linear1", "y"): (-1, 100)})


def frame(of: Diagram, gradient: float = 1e-2) -> Snapshot:
    flow = Flow(value=3.0, gradient=gradient)
    variables = {Pin(name, "y"): flow for name in ("linear1", "relu1", "linear2")}
    costs = {"cross_entropy1": 0.17}
    return Snapshot(
        1, 9, 1.0, 0.17, costs, flows=dict.fromkeys(of.wires, flow), variables=variables
    )


def labelled(name: str, kind: str, x: float, label: str) -> Block:
    return replace(block(name, kind, x, 0), label=label)


def pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    shape = (plain.height(), plain.bytesPerLine() // 4, 4)
    found = np.frombuffer(plain.constBits(), np.uint8).reshape(shape)[:, : plain.width(), 2::-1]
    return found.astype(float)


def rendered(svg: bytes, image: QImage) -> QImage:
    """An SVG by Qt's own renderer, at the size of another picture."""
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    made = QImage(image.size(), QImage.Format.Format_RGB32)
    made.fill(QColor("#00ff00"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(made.rect()))
    painter.end()
    return made


def far_off(one: Pixels, other: Pixels) -> float:
    """The share of pixels that differ clearly, where no pixel nearby is like it: edges may lie half a pixel apart."""
    rows, columns = (min(a, b) for a, b in zip(one.shape[:2], other.shape[:2], strict=True))
    one, other = one[:rows, :columns], other[:rows, :columns]
    away = np.full((rows, columns), np.inf)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            moved = np.roll(other, (dy, dx), (0, 1))
            away = np.minimum(away, np.abs(one - moved).max(axis=2))
    return float((away > 90).mean())


def as_png(pdf: Path, dots: int) -> QImage:
    """A page of a PDF by poppler."""
    subprocess.run(
        ["pdftoppm", "-r", str(dots), "-png", "-singlefile", pdf, pdf.with_suffix("")], check=True
    )
    return QImage(str(pdf.with_suffix(".png")))


def set_by_latex(text: bytes, folder: Path) -> Path:
    (folder / "a.tex").write_bytes(text)
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(words, cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return folder / "a.pdf"


latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm")
BOTH = pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)


@BOTH
def test_a_picture_is_what_the_canvas_shows(qapp: Any, theme: Theme) -> None:
    bench = Bench(spiral(), theme)
    bench.scene.show_report(REPORT)
    picture = Picture(Shown(spiral(), theme, REPORT))
    seen = QImage(picture.image(1.0).size(), QImage.Format.Format_RGB32)
    seen.fill(QColor(theme.background))
    painter = QPainter(seen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bench.scene.render(painter, QRectF(seen.rect()), picture.rect)
    painter.end()
    assert far_off(pixels(picture.image(1.0)), pixels(seen)) < 1e-3


@BOTH
@pytest.mark.parametrize("name", ["spiral-mlp", "unet", "transformer", "hypernetwork"])
def test_svg_shows_the_same_as_png(qapp: Any, theme: Theme, name: str) -> None:
    picture = Picture(Shown(load(gallery.path(name)), theme))
    image = picture.image(1.0)
    assert far_off(pixels(image), pixels(rendered(picture.svg(), image))) < 2e-3


@poppler
@BOTH
def test_pdf_shows_the_same_as_png(qapp: Any, theme: Theme, tmp_path: Path) -> None:
    drawn = load(gallery.path("unet"))
    picture = Picture(Shown(drawn, theme, carried=drawn))
    (tmp_path / "a.pdf").write_bytes(picture.pdf())
    page = as_png(tmp_path / "a.pdf", 96)
    image = picture.image(1.0)
    assert abs(page.width() - image.width()) <= 2 and abs(page.height() - image.height()) <= 2
    assert far_off(pixels(image), pixels(page)) < 2e-3


def test_the_comparison_sees_a_block_that_stands_lower(qapp: Any) -> None:
    lower = replace(spiral().blocks["relu1"], position=(300.0, 9.0))
    one, other = spiral(), spiral().with_blocks(lower)
    images = [pixels(Picture(Shown(d, PAPER)).image(1.0)) for d in (one, other)]
    assert far_off(*images) > 3e-3


@pytest.mark.parametrize("kind", [".png", ".svg", ".pdf"])
def test_a_file_opens_again_as_the_diagram(qapp: Any, kind: str, tmp_path: Path) -> None:
    drawn = load(gallery.path("residual-net"))
    file = tmp_path / f"picture{kind}"
    file.write_bytes(Picture(Shown(drawn, PAPER, carried=drawn)).file(kind))
    assert load(file) == drawn


def test_svg_is_well_formed_and_its_texts_can_be_read(qapp: Any) -> None:
    odd = diagram((labelled("x", "observed", 0, "a<b&\x01"), block("t", "tanh", 120, 0)))
    root = ElementTree.fromstring(Picture(Shown(odd, PAPER, carried=odd)).svg())
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "a<b&\ufffd" in texts


def test_shapes_and_gradients_are_there_when_wanted(qapp: Any) -> None:
    def texts(shown: Shown) -> set[str]:
        return set(re.findall(r">([^<]+)</text>", Picture(shown).svg().decode()))

    bare = texts(Shown(spiral(), PAPER))
    shapes = texts(Shown(spiral(), PAPER, REPORT))
    assert shapes - bare == {"64×2", "64×100"}
    flowing = Shown(spiral(), PAPER, snapshot=frame(spiral()))
    assert texts(flowing) - bare == {"1.0e-2", "0.1700"}
    bands = Picture(flowing).svg().decode()
    assert (
        PAPER.gradient in bands
        and PAPER.gradient not in Picture(Shown(spiral(), PAPER)).svg().decode()
    )


def test_gradients_lie_under_the_wires_in_every_format(qapp: Any) -> None:
    picture = Picture(Shown(spiral(), PAPER, snapshot=frame(spiral(), gradient=1.0)))
    image = picture.image(1.0)
    assert far_off(pixels(image), pixels(rendered(picture.svg(), image))) < 2e-3


def test_frames_comments_and_the_gradient_graph_are_in_the_picture(qapp: Any) -> None:
    drawn = spiral().with_drawn(
        [Frame("first & last", (60.0, -60.0, 200.0, 120.0))],
        [Comment("$s_1$ 50%", (60.0, 90.0, 200.0))],
    )
    picture = Picture(Shown(drawn, PAPER, snapshot=frame(drawn), mirror=True, carried=drawn))
    texts = set(re.findall(r">([^<]+)</text>", picture.svg().decode()))
    assert {"first &amp; last", "∂C/∂z₁", "1"} <= texts
    image = picture.image(1.0)
    assert far_off(pixels(image), pixels(rendered(picture.svg(), image))) < 2e-3
    tikz = picture.tikz().decode()
    assert r"first \& last" in tikz and r"{\partial}C/{\partial}z_{1}" in tikz and r"50\%" in tikz


@pytest.mark.parametrize("name", gallery.names())
def test_every_diagram_of_the_gallery_can_be_drawn(qapp: Any, name: str) -> None:
    drawn = load(gallery.path(name))
    picture = Picture(Shown(drawn, PAPER))
    written = [item.text for item in picture.drawing if isinstance(item, Text)]
    assert len(written) >= len(drawn.blocks)
    assert not re.search(r"U\+[0-9A-F]{4}", picture.tikz().decode()), "a sign that TeX lacks"


def test_a_selection_is_drawn_alone_under_the_names_it_has_among_all(qapp: Any) -> None:
    some = frozenset({"relu1", "linear2"})
    picture = Picture(Shown(spiral(), PAPER, ids=some))
    texts = re.findall(r">([^<]+)</text>", picture.svg().decode())
    assert set(texts) == {"h(s₁)", "z₁", "w₁z₁", "ȳ"}
    assert picture.rect.width() < Picture(Shown(spiral(), PAPER)).rect.width() / 2


def test_without_a_background_the_paper_shows_through(qapp: Any) -> None:
    picture = Picture(Shown(spiral(), PAPER, background=False))
    assert picture.image().pixelColor(0, 0).alpha() == 0
    assert "<rect" not in picture.svg().decode()
    assert "gb-background" not in picture.tikz().decode()


def test_the_two_styles_differ_in_computed_variables_alone(qapp: Any) -> None:
    both = diagram((block("z", "latent", 0, 0), block("t", "tanh", 140, 0)), "z.y -> t.z")
    ring = Bench(both).scene.blocks["t"].face.form.rings["y"]
    for theme in (PAPER, BOARD):
        filled = styled(theme, "filled")
        for shown, wanted in ((theme, theme.background), (filled, filled.computed_fill)):
            picture = Picture(Shown(both, shown))
            image, corner = picture.image(1.0), picture.rect.topLeft()
            x, y = 140 + ring.x - corner.x(), ring.y - ring.radius + 5 - corner.y()
            assert image.pixelColor(round(x), round(y)).name() == wanted
            latent = image.pixelColor(round(-corner.x()), round(-17 - corner.y()))
            assert latent.name() == theme.background, "a latent variable stays hollow"
        assert filled.computed_fill != theme.background


@latex
@pytest.mark.parametrize("name", ["spiral-mlp", "transformer"])
def test_tikz_is_set_by_pdflatex(qapp: Any, name: str, tmp_path: Path) -> None:
    drawn = load(gallery.path(name))
    picture = Picture(Shown(drawn, PAPER, REPORT, frame(drawn)))
    page = set_by_latex(picture.tikz(), tmp_path)
    assert page.read_bytes().count(b"/Type /Page\n") <= 1
    if not shutil.which("pdftoppm"):
        return
    unit = 10.0 / 17 / 1.15  # points for each canvas unit: a label is as high as the text around
    dots = round(72.27 / unit)
    seen, image = as_png(page, dots), picture.image(1.0)
    assert abs(seen.width() - image.width()) <= 3 + image.width() / 100
    assert far_off(pixels(image), pixels(seen)) < 2e-2, "the letters are others, the shapes are not"


EVIL = (
    r"\input{/etc/passwd}",
    r"}\end{tikzpicture}\immediate\write18{touch x}",
    "$$ a_b^c & # % ~ ^^5c \\",
    "x₁²₃ ₁ ²ȳ'₂'",
    "é ß 中 😀 \x07 – “q” `c'",
    "{{{",
    "α̂β̄ ẋ₁ ∇⋅∥ℝ",
)


@latex
@pytest.mark.parametrize("label", EVIL)
def test_no_label_becomes_a_command(qapp: Any, label: str, tmp_path: Path) -> None:
    blocks = (
        labelled("x", "observed", 0, label),
        labelled("t", "tanh", 140, label),
        labelled("c", "squared_error", 300, label),
    )
    report = Report(shapes={Pin("x", "y"): (3, 4)})
    text = Picture(Shown(diagram(blocks, "x.y -> t.z"), PAPER, report)).tikz()
    set_by_latex(text, tmp_path)
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".aux", ".log", ".pdf", ".tex"]
    commands = set(re.findall(rb"\\([a-zA-Z]+)", text))
    assert not commands & {b"input", b"write", b"immediate"}


@latex
def test_every_sign_of_every_block_is_one_that_tex_has(tmp_path: Path) -> None:
    kinds = catalogue().values()
    signs = sorted(set("".join(k.label + k.mark + k.formula + k.symbol for k in kinds)))
    text = " ".join(f"${tex.math(sign)}$ {tex.upright(sign)}" for sign in signs)
    assert "U+" not in text
    head = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{textcomp,amsmath,amssymb,lmodern}"
    set_by_latex(rf"{head}\begin{{document}}{text}\end{{document}}".encode(), tmp_path)


@latex
def test_upright_texts_are_safe_too(tmp_path: Path) -> None:
    inside = "\n\n".join(tex.upright(label) for label in EVIL)
    head = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{textcomp,amsmath,lmodern}"
    text = rf"{head}\begin{{document}}{inside}\end{{document}}"
    set_by_latex(text.encode(), tmp_path)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("w₀x", "w_{0}x"),
        ("C(y, ȳ)", r"C(y,\ \bar{y})"),
        ("s₁₂", "s_{12}"),
        ("relu(z)", r"\mathit{relu}(z)"),
        ("λ‖w‖²", r"{\lambda}{\Vert}w{\Vert}^{2}"),
        ("ž", r"\check{z}"),
        ("x₁²", "x_{1}{}^{2}"),
        ("a_b", r"a\_b"),
    ],
)
def test_labels_are_mathematics(label: str, wanted: str) -> None:
    assert tex.math(label) == wanted


def test_styles_are_named_by_roles(qapp: Any) -> None:
    text = Picture(Shown(spiral(), PAPER)).tikz().decode()
    for role in ("observed", "function", "computed", "cost", "cost fill", "wire"):
        assert f"  gb {role}/.style=" in text
    assert r"\definecolor{gb-cost}{HTML}{F53C3C}" in text
    assert "gb cost fill, gb cost]" in text


def test_a_huge_diagram_keeps_within_what_tex_and_pdf_can_measure(qapp: Any) -> None:
    far = diagram((block("x", "observed", 0, 0), block("y", "observed", 1e6, 0)))
    picture = Picture(Shown(far, PAPER))
    numbers = [float(n) for n in re.findall(r"\((-?[\d.]+),", picture.tikz().decode())]
    assert max(numbers) <= 14_000
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+)", picture.pdf())
    assert box is not None and float(box[1]) <= 14_400
