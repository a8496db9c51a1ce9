"""Diagrams carried by pictures: they come out as they went in, and a bad picture gets one sentence, whatever is in it."""

from __future__ import annotations

import base64
import io
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from graph.diagram import Block, Diagram, Pin, Wire
from graph.files import MAX_BYTES, is_of_picture, load, to_text
from graph.pictures import is_picture, packed_in, png_with, svg_metadata
from graph.problem import FileError

WIRE = Wire(Pin("x", "y"), Pin("f", "z"))
DIAGRAM = Diagram(
    {"x": Block("x", "observed", label="ȳ]]>&<"), "f": Block("f", "relu", position=(120.0, 5.0))},
    (WIRE,),
)


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (7, 5), "white").save(buffer, "PNG")
    return png_with(buffer.getvalue(), text)


def svg(text: str) -> bytes:
    return f'<?xml version="1.0"?>\n<svg>{svg_metadata(text)}<rect/></svg>'.encode()


def pdf(text: str, pack: Callable[[bytes], bytes] = zlib.compress) -> bytes:
    """As much of a PDF as says where the attached file is, the way Qt writes it."""
    body = pack(text.encode())
    name = b"\xfe\xff" + "diagram.gradboard".encode("utf-16-be")
    lines = (
        b"%PDF-1.4",
        b"24 0 obj\n<<\n/Filter /FlateDecode\n/Length 25 0 R\n>>\nstream\n" + body + b"\nendstream",
        b"endobj\n26 0 obj\n<<\n/F (" + name + b")\n/EF <</F 24 0 R>>\n/Type/Filespec\n>>\nendobj",
        b"%%EOF\n",
    )
    return b"\n".join(lines)


MADE = {"png": png, "svg": svg, "pdf": pdf}


@pytest.mark.parametrize("kind", MADE)
def test_a_picture_gives_the_diagram_back(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"picture.{kind}"
    file.write_bytes(MADE[kind](to_text(DIAGRAM)))
    assert load(file) == DIAGRAM
    assert is_of_picture(file)


def test_the_picture_is_still_one_for_others() -> None:
    Image.open(io.BytesIO(png(to_text(DIAGRAM)))).verify()
    image = Image.open(io.BytesIO(png(to_text(DIAGRAM))))
    assert image.size == (7, 5)
    assert image.text["gradboard"] == to_text(DIAGRAM)


def test_a_png_saved_again_by_another_program_keeps_it(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("gradboard", to_text(DIAGRAM))
    Image.new("L", (3, 3)).save(tmp_path / "again.png", pnginfo=info)
    assert load(tmp_path / "again.png") == DIAGRAM


@pytest.mark.parametrize("suffix", ["png", "jpeg", "gif", "bmp", "webp", "tiff", "pdf"])
def test_a_picture_without_a_diagram_is_refused_with_one_sentence(
    suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"photo.{suffix}"
    Image.new("RGB", (8, 8), "red").save(file)
    with pytest.raises(FileError, match=r"photo\.\w+: this picture carries no diagram; take"):
        load(file)


def test_an_svg_without_a_diagram_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><metadata id="other">x</metadata></svg>'
    )
    with pytest.raises(FileError, match="carries no diagram"):
        load(file)


@pytest.mark.parametrize("kind", MADE)
def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(kind: str) -> None:
    bomb = MADE[kind](" " * (MAX_BYTES + 2))
    assert len(bomb) < 200_000
    with pytest.raises(FileError, match="larger than 32 MB"):
        packed_in(bomb, "bomb", MAX_BYTES)


def test_entities_of_xml_are_never_expanded() -> None:
    evil = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><svg>'
    evil += b'<metadata id="gradboard">&a;&b;</metadata></svg>'
    with pytest.raises(FileError, match="damaged"):
        packed_in(evil, "evil.svg", MAX_BYTES)


@pytest.mark.parametrize(
    "content", [b'<svg><metadata id="gradboard">', b'<svg id="gradboard"><metadata>AAAA</metadata>']
)
def test_half_an_svg_is_refused(content: bytes) -> None:
    with pytest.raises(FileError):
        packed_in(content, "half.svg", MAX_BYTES)


def test_a_text_that_is_no_diagram_is_refused_as_a_file_would_be(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_bytes(svg('{"version": 1, "blocks": 7}'))
    with pytest.raises(FileError, match=r"a\.svg: "):
        load(tmp_path / "a.svg")


def test_a_diagrams_own_file_is_no_picture(tmp_path: Path) -> None:
    assert not is_picture(to_text(DIAGRAM).encode())
    assert not is_picture(b"") and not is_picture(b"<html><body>")
    assert not is_of_picture(tmp_path / "nowhere")


@pytest.mark.parametrize("kind", MADE)
def test_mutated_pictures_raise_nothing_but_file_errors(kind: str, tmp_path: Path) -> None:
    whole, chance, file = MADE[kind](to_text(DIAGRAM)), random.Random(kind), tmp_path / "m"
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(content))
            how = chance.randrange(3)
            if how == 0:
                content[place] = chance.randrange(256)
            elif how == 1:
                del content[place : place + chance.randint(1, 60)]
            else:
                content[place:place] = chance.randbytes(chance.randint(1, 9))
            if not content:
                break
        file.write_bytes(bytes(content))
        try:
            assert isinstance(load(file), Diagram)
        except FileError as error:
            assert "\n" not in str(error)


def test_other_bytes_in_the_packed_place_are_damage() -> None:
    for packed in (b"!!!", base64.b64encode(b"no zlib"), base64.b64encode(zlib.compress(b"\xff"))):
        with pytest.raises(FileError, match="damaged"):
            packed_in(b'<svg><metadata id="gradboard">' + packed + b"</metadata>", "p", MAX_BYTES)
