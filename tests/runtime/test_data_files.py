"""IDX, .npy, .npz, text and image files: what is understood, what is refused, and that nothing outside is read."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.data import Data, DataError, Stream, folder, load, split, stream
from runtime.recipe import Recipe


def idx(values: np.ndarray) -> bytes:
    """The bytes of an IDX file of unsigned bytes."""
    sizes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.astype(np.uint8).tobytes()


def npz(**arrays: np.ndarray) -> bytes:
    """The bytes of a packed .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def made(kind: str, place: Path, **options: Any) -> Data:
    return load({"kind": kind, **options}, 0, str(place))


RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (30, 28, 28), dtype=np.uint8)
LABELS = np.arange(30) % 10


@pytest.fixture
def mnist(tmp_path: Path) -> dict[str, str]:
    """Files as MNIST has them, some packed."""
    names = {
        "path": "train-images-idx3-ubyte.gz",
        "labels": "train-labels-idx1-ubyte",
        "test_path": "t10k-images-idx3-ubyte",
        "test_labels": "t10k-labels-idx1-ubyte.gz",
    }
    content = {
        "path": gzip.compress(idx(IMAGES[:20])),
        "labels": idx(LABELS[:20]),
        "test_path": idx(IMAGES[20:]),
        "test_labels": gzip.compress(idx(LABELS[20:])),
    }
    for entry, name in names.items():
        (tmp_path / name).write_bytes(content[entry])
    return names


def test_idx_files_are_read_and_the_test_files_are_the_test_part(
    mnist: dict[str, str], tmp_path: Path
) -> None:
    data = made("idx", tmp_path, **mnist)
    np.testing.assert_array_equal(data.fields["x"], IMAGES[:, None] / 255.0)
    np.testing.assert_array_equal(data.fields["y"], LABELS)
    assert data.classes["y"] == tuple("0123456789") and data.fields["x"].dtype == np.float64
    parts = split(data, Recipe(validation=0.25, test=0.5))
    np.testing.assert_array_equal(parts.test, np.arange(20, 30))
    assert len(parts.validation) == 5 and parts.training.max() < 20
    only = made("idx", tmp_path, path=mnist["path"])
    assert set(only.fields) == {"x"} and not only.parts


@pytest.mark.parametrize(
    ("code", "kind"), [(0x09, "i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")]
)
def test_idx_of_every_type(tmp_path: Path, code: int, kind: str) -> None:
    values = np.array([[1, -2, 3], [4, 5, -6]]).astype(kind)
    (tmp_path / "d").write_bytes(
        bytes([0, 0, code, 2]) + struct.pack(">2I", 2, 3) + values.tobytes()
    )
    np.testing.assert_array_equal(made("idx", tmp_path, path="d").fields["x"], values)


def test_large_bytes_stay_bytes_and_are_read_by_rows(
    mnist: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LARGE", 100)
    x: Any = made("idx", tmp_path, **mnist).fields["x"]
    assert isinstance(x, Stream) and x.shape == (30, 1, 28, 28) and len(x) == 30
    np.testing.assert_array_equal(x[3], IMAGES[3][None] / 255.0)
    np.testing.assert_array_equal(x[[5, 2]], IMAGES[[5, 2], None] / 255.0)
    np.testing.assert_array_equal(x[10:14], IMAGES[10:14, None] / 255.0)


GOOD = idx(IMAGES[:2])
BAD_IDX = [
    (b"", "does not begin like one"),
    (b"\0\0\x08", "does not begin like one"),
    (b"PK\x03\x04aaaa", "does not begin like one"),
    (b"\0\0\x08\x00", "has 0 axes"),
    (b"\0\0\x08\xff" + b"\xff" * 2000, "has 255 axes"),
    (b"\0\0\x08\x03\0\0", "ends inside its header"),
    (GOOD[:-1], "cut short"),
    (GOOD + b"\0", "longer than its header says"),
    (b"\0\0\x08\x03" + b"\xff" * 12, "the limit is"),
    (b"\0\0\x0e\x01" + struct.pack(">I", 200_000_000) + b"\0" * 8, "cut short"),
    (gzip.compress(GOOD, mtime=0)[:-20], "IDX file"),
    (
        gzip.compress(b"\0\0\x08\x01\0\0\0\x04" + b"\0" * 10_000_000, mtime=0),
        "longer than its header",
    ),
    (b"\x1f\x8b" + b"a" * 50, "IDX file"),
]


@pytest.mark.parametrize(("content", "text"), BAD_IDX, ids=lambda v: str(v)[:25])
def test_bad_idx_files_are_one_sentence(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "d").write_bytes(content)
    with pytest.raises(DataError, match=text) as caught:
        made("idx", tmp_path, path="d")
    assert str(caught.value).startswith("d ") and str(caught.value).endswith(".")


def test_idx_files_that_do_not_belong_together(mnist: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="10 labels for 20 samples"):
        made("idx", tmp_path, path=mnist["path"], labels=mnist["test_labels"])
    with pytest.raises(DataError, match="holds no labels"):
        made("idx", tmp_path, path=mnist["path"], labels=mnist["path"])
    (tmp_path / "other").write_bytes(idx(np.zeros((3, 5, 5))))
    with pytest.raises(DataError, match="must be alike"):
        made("idx", tmp_path, path=mnist["path"], test_path="other")
    with pytest.raises(DataError, match="save the diagram first"):
        load({"kind": "idx", "path": "d"})
    with pytest.raises(DataError, match="names no IDX file"):
        made("idx", tmp_path)


def test_npz_fields_keep_their_kinds(tmp_path: Path) -> None:
    arrays = {
        "x": RANDOM.normal(size=(6, 3)).astype(np.float32),
        "y": np.array([[0, 2], [1, 1], [0, 0], [2, 2], [1, 0], [0, 1]]),
        "tokens": np.arange(18).reshape(6, 3),
        "count": np.arange(6),
    }
    (tmp_path / "d.npz").write_bytes(npz(**arrays))
    data = made("npz", tmp_path, path="d.npz", integers="y, tokens")
    for name, values in arrays.items():
        np.testing.assert_array_equal(data.fields[name], values)
    kinds = {name: values.dtype for name, values in data.fields.items()}
    assert kinds == {"x": np.float64, "y": np.int64, "tokens": np.int64, "count": np.float64}
    assert data.classes["y"] == ("0", "1", "2") and len(data.classes["tokens"]) == 18


def test_npz_with_train_and_test_as_mnist_comes(tmp_path: Path) -> None:
    content = npz(x_test=IMAGES[20:], x_train=IMAGES[:20], y_train=LABELS[:20], y_test=LABELS[20:])
    (tmp_path / "mnist.npz").write_bytes(content)
    data = made("npz", tmp_path, path="mnist.npz")
    np.testing.assert_array_equal(data.fields["x"], IMAGES[:, None] / 255.0)
    np.testing.assert_array_equal(data.fields["y"], LABELS)
    np.testing.assert_array_equal(data.parts["test"], np.arange(20, 30))


def test_colours_come_first_and_bytes_may_be_numbers(tmp_path: Path) -> None:
    pixels = RANDOM.integers(0, 256, (4, 6, 7, 3), dtype=np.uint8)
    (tmp_path / "d.npy").write_bytes(npy(pixels))
    data = made("npy", tmp_path, path="d.npy")
    np.testing.assert_array_equal(data.fields["x"], pixels.transpose(0, 3, 1, 2) / 255.0)
    data = made("npy", tmp_path, path="d.npy", bytes="numbers")
    np.testing.assert_array_equal(data.fields["x"], pixels)


@pytest.mark.parametrize(
    ("y", "options", "shape"),
    [
        (np.array([0, 1, 2, 1]), {}, (4,)),
        (np.zeros((4, 5, 5), dtype=np.int32), {}, (4, 5, 5)),
        (np.array([0.0, 1.0, 2.0, 1.0]), {"answers": "classes"}, (4,)),
        (np.array([0.5, 1.0, 2.0, 1.0]), {}, (4, 1)),
        (np.array([0, 1, 2, 1]), {"answers": "numbers"}, (4, 1)),
    ],
)
def test_npy_with_answers(
    tmp_path: Path, y: np.ndarray, options: dict[str, str], shape: tuple[int, ...]
) -> None:
    (tmp_path / "x.npy").write_bytes(npy(np.asfortranarray(np.arange(8.0).reshape(4, 2))))
    (tmp_path / "y.npy").write_bytes(npy(y))
    data = made("npy", tmp_path, path="x.npy", target="y.npy", **options)
    np.testing.assert_array_equal(data.fields["x"], np.arange(8.0).reshape(4, 2))
    np.testing.assert_array_equal(data.fields["y"].reshape(y.shape), y)
    assert data.fields["y"].shape == shape
    assert data.fields["y"].dtype == (np.int64 if "y" in data.classes else np.float64)


def header(text: str) -> bytes:
    """A .npy file that is only this header."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


class Trap:
    """Would make a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")] * 3, dtype=object)
    np.save(tmp_path / "d.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "d.npz", x=trap)
    for kind in ("npy", "npz"):
        with pytest.raises(DataError, match="not numbers"):
            made(kind, tmp_path, path=f"d.{kind}")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "npy file"),
        (b"hello", "npy file"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999,), }"), "limit"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000,), }"), "cut short"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"), "shape"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (), }"), "shape"),
        (header("{'descr': '<U9', 'fortran_order': False, 'shape': (1,), }"), "not numbers"),
        (header("__import__('os').system('true')"), "npy file"),
        (header("[" * 3000), "npy file"),
        (b"\x93NUMPY\x03\x00" + b"\0" * 20, "plain array"),
        (npy(np.array([[1.0, np.inf]])), r"\[0, 1\] is inf"),
        (npy(np.zeros((0, 3))), "no samples"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_bad_npy_files_are_one_sentence(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "d.npy").write_bytes(content)
    with pytest.raises(DataError, match=text) as caught:
        made("npy", tmp_path, path="d.npy")
    assert "d.npy" in str(caught.value) and "\n" not in str(caught.value)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "d.npz"
    size = 3_000_000_000
    start = header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size},), }}")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w", force_zip64=True) as member,
    ):
        member.write(start)
        for _ in range(40):
            member.write(bytes(1_000_000))
    raw = path.read_bytes()
    # what it says of itself is not true either way: once small, once beyond the limit
    for claimed, text in (
        (40_000_000 + len(start), "the limit"),
        (size, "the limit|cut short|broken"),
    ):
        told = raw.replace(struct.pack("<Q", 40_000_000 + len(start)), struct.pack("<Q", claimed))
        path.write_bytes(told)
        tracemalloc.start()
        with pytest.raises(DataError, match=text):
            made("npz", tmp_path, path="d.npz")
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
        tracemalloc.stop()


def test_bad_npz_files(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    good = npz(x=np.zeros((4, 2)), y=np.zeros(4, dtype=int))
    for content, text in [
        (b"", "npz file"),
        (good[:-30], "npz file"),
        (good[:60] + b"\xff\xff" + good[62:], "npz file|npy file|x"),
        (npz(), "0 arrays"),
        (npz(**{f"a{n}": np.zeros(1) for n in range(101)}), "101 arrays"),
        (npz(x=np.zeros((4, 2)), y=np.zeros(3, dtype=int)), "x has 4, y has 3"),
        (npz(x=np.zeros((4, 2)), y=np.array([0, -1, 2, 3])), "from -1 to 3"),
        (npz(**{"a b": np.zeros(3)}), "cannot be the name of a field"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=text):
            made("npz", tmp_path, path="d.npz")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_mutated_files_load_or_say_why(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["idx", "npy", "npz"]))
    x = np.arange(12.0).reshape(3, 4)
    content = bytearray({"idx": idx(x), "npy": npy(x), "npz": npz(x=x)}[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "d").write_bytes(bytes(content))
    try:
        assert len(made(kind, tmp_path, path="d"))
    except DataError as error:
        assert "\n" not in str(error) and str(error).endswith(".")


# --- text -------------------------------------------------------------------------------------------------------

TEXT = "to be, or not to be:\nthat is the question — ähm\n"


def test_windows_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(TEXT, encoding="utf-8")
    data = made("text", tmp_path, path="t.txt", window=5, stride=2)
    symbols = data.classes["x"]
    assert symbols == tuple(sorted(set(TEXT))) == data.classes["y"]
    for n, (x, y) in enumerate(zip(data.fields["x"], data.fields["y"], strict=True)):
        assert "".join(symbols[i] for i in x) == TEXT[2 * n : 2 * n + 5]
        assert symbols[y] == TEXT[2 * n + 5]
    assert data.fields["x"].dtype == data.fields["y"].dtype == np.int64
    assert len(data) == len(range(0, len(TEXT) - 5, 2))


def test_every_place_has_a_next_character_and_windows_do_not_overlap(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(TEXT, encoding="utf-8")
    data = made("text", tmp_path, path="t.txt", window=8, predict="every", small=True)
    np.testing.assert_array_equal(data.fields["x"][:, 1:], data.fields["y"][:, :-1])
    np.testing.assert_array_equal(data.fields["y"][:-1, -1], data.fields["x"][1:, 0])
    hot = made("text", tmp_path, path="t.txt", window=8, small=True, form="one_hot")
    np.testing.assert_array_equal(hot.fields["x"].argmax(-1), data.fields["x"])
    lines = made("text", tmp_path, path="t.txt", window=8, lines=True)
    newline = lines.classes["x"].index("\n")
    assert not (lines.fields["x"] == newline).any()


def test_bad_texts(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    for content, options, text in [
        (b"", {}, "shorter than a window"),
        (b"\xff\xfe\x00", {}, "not UTF-8"),
        (b"abc", {"window": 3}, "shorter than a window"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 10_001))).encode(), {}, "10,001 different"),
        (b"a" * 60_000, {"window": 10_000, "stride": 1}, "the limit is"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=text):
            made("text", tmp_path, path="t.txt", **options)


# --- images -----------------------------------------------------------------------------------------------------


def picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (20, 10)) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with cats (red) and dogs (green), eight each."""
    for n in range(8):
        picture(tmp_path / "pets" / "cat" / f"{n}.png", (200 + n, 0, 0))
        picture(tmp_path / "pets" / "dog" / f"{n}.png", (0, 100 + n, 0))
    return tmp_path


@pytest.mark.parametrize("fit", ["crop", "stretch"])
def test_subfolders_are_classes(pictures: Path, fit: str) -> None:
    data = made("images", pictures, path="pets", size=6, fit=fit)
    x, y = data.fields["x"], data.fields["y"]
    assert x.shape == (16, 3, 6, 6) and data.classes["y"] == ("cat", "dog")
    np.testing.assert_allclose(
        x[y == 0][:, 0], (200 + np.arange(8))[:, None, None] / 255 + np.zeros((1, 6, 6))
    )
    np.testing.assert_allclose(x[y == 1][:, 1, 0, 0], (100 + np.arange(8)) / 255)
    assert not x[y == 0][:, 1:].any() and y.dtype == np.int64
    grey = made("images", pictures, path="pets", size=6, colour="grey").fields["x"]
    assert grey.shape == (16, 1, 6, 6)


def test_train_and_test_folders_are_the_parts(tmp_path: Path) -> None:
    for part, count in (("train", 5), ("valid", 2), ("test", 3)):
        for n in range(count):
            for kind in ("a", "b"):
                picture(tmp_path / "d" / part / kind / f"{n}.png", (n, 0, 0))
    data = made("images", tmp_path, path="d", size=4)
    parts = split(data, Recipe())
    assert (len(parts.training), len(parts.validation), len(parts.test)) == (10, 4, 6)
    assert data.classes["y"] == ("a", "b")
    assert data.fields["y"][parts.test].tolist() == [0, 0, 0, 1, 1, 1]


def test_a_folder_without_subfolders_has_no_answers(tmp_path: Path) -> None:
    picture(tmp_path / "d" / "one.png", (1, 2, 3))
    (tmp_path / "d" / "readme.txt").write_text("no image")
    data = made("images", tmp_path, path="d", size=4)
    assert set(data.fields) == {"x"} and len(data) == 1


def breaks(pictures: Path) -> None:
    (pictures / "pets" / "cat" / "3.png").write_bytes(b"no image at all")
    whole = (pictures / "pets" / "dog" / "5.png").read_bytes()
    (pictures / "pets" / "dog" / "5.png").write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize("large", [False, True])
def test_broken_images_are_named_and_skipped(
    pictures: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    breaks(pictures)
    if large:
        monkeypatch.setattr(folder, "LARGE", 10)
    data = made("images", pictures, path="pets", size=6)
    x: Any = data.fields["x"]
    if not large:
        assert len(data) == 14 and "2 cannot be read: cat/3.png" in data.text
        assert "dog/5.png" in data.text
        return
    assert isinstance(x, Stream) and len(x) == 16
    # the next of the same class stands in
    np.testing.assert_array_equal(x[3], x[4])
    np.testing.assert_array_equal(x[13], x[14])
    assert x[13][1, 0, 0] == 106 / 255 and set(x.broken) == {3, 13}


@pytest.mark.parametrize("large", [False, True])
def test_broken_images_may_stop(
    pictures: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    breaks(pictures)
    if large:
        monkeypatch.setattr(folder, "LARGE", 10)
    with pytest.raises(DataError, match=r"pets/cat/3\.png: .*mend or remove it"):
        made("images", pictures, path="pets", size=6, broken="stop").fields["x"][3]


def test_a_decompression_bomb_is_not_decoded(tmp_path: Path) -> None:
    import tracemalloc
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
        + chunk(b"IEND", b"")
    )
    (tmp_path / "d" / "a").mkdir(parents=True)
    (tmp_path / "d" / "a" / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bomb)
    tracemalloc.start()
    with pytest.raises(DataError, match="too many pixels"):
        made("images", tmp_path, path="d", size=6, broken="stop")
    with pytest.raises(DataError, match="no images to train on"):
        made("images", tmp_path, path="d", size=6)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_nothing_outside_the_folder_is_read(pictures: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "pets" / "cat").mkdir(parents=True)
    os.symlink(pictures / "pets", inner / "linked")
    os.symlink(pictures / "pets" / "dog", inner / "pets" / "dog")
    os.symlink(pictures / "pets" / "cat" / "1.png", inner / "pets" / "cat" / "1.png")
    picture(inner / "pets" / "cat" / "own.png", (9, 9, 9))
    data = made("images", inner, path="pets", size=4)
    assert len(data) == 1 and data.classes["y"] == ("cat",)
    for path in ("linked", "../pets", str(pictures / "pets"), "..", "C:\\pets"):
        with pytest.raises(DataError, match=r"not in the diagram's folder|no folder"):
            made("images", inner, path=path, size=4)
    os.symlink(tmp_path / "secret.npy", inner / "d.npy")
    (tmp_path / "secret.npy").write_bytes(npy(np.zeros(3)))
    for kind in ("npy", "npz", "idx", "text"):
        for path in ("d.npy", "../secret.npy"):
            with pytest.raises(DataError, match="not in the diagram's folder"):
                made(kind, inner, path=path)
    with pytest.raises(DataError, match="there is no folder"):
        made("images", inner, path="nothing")


def test_decoded_images_are_kept_within_bounds(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LARGE", 10)
    monkeypatch.setattr(folder, "CACHE", 4 * 3 * 6 * 6)
    x: Any = made("images", pictures, path="pets", size=6).fields["x"]
    whole = x[:]
    assert len(x._kept) == 4
    np.testing.assert_array_equal(x[::-1], whole[::-1])


def test_a_new_version_of_a_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "d.npy"
    for values in (np.zeros((2, 1)), np.ones((3, 1))):
        path.write_bytes(npy(values))
        np.testing.assert_array_equal(made("npy", tmp_path, path="d.npy").fields["x"], values)
