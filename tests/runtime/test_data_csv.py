"""CSV files: what is understood, what is refused and where, and that nothing outside the folder is read."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.data import Data, DataError, load, table

IRIS = "a,b,kind\n1,2,cat\n3.5,-4e2,dog\n0,.5,cat\n"


def given_csv(folder: Path, content: str | bytes, **options: str) -> Data:
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / "data.csv").write_bytes(raw)
    return load({"kind": "csv", "path": "data.csv", **options}, 0, str(folder))


def test_numbers_and_classes(tmp_path: Path) -> None:
    data = given_csv(tmp_path, IRIS)
    np.testing.assert_array_equal(data.fields["x"], [[1, 2], [3.5, -400], [0, 0.5]])
    assert data.fields["y"].tolist() == [0, 1, 0] and data.classes == {"y": ("cat", "dog")}
    assert data.fields["y"].dtype == np.int64 and data.fields["x"].dtype == np.float64
    assert data.text == "data.csv: 3 samples, x of 2 numbers, y one of 2 classes"


@pytest.mark.parametrize(
    "content",
    [
        IRIS.replace(",", ";"),
        IRIS.replace(",", "\t"),
        IRIS.replace("\n", "\r\n"),
        IRIS.replace("\n", "\r"),
        IRIS.replace("\n", "\n\n"),
        IRIS.rstrip("\n"),
        "\ufeff" + IRIS,
        IRIS.replace(",", " , "),
        IRIS.replace("cat", '"cat"').replace("1", '"1"'),
        IRIS.split("\n", 1)[1],
        IRIS.replace(",", ";").replace(".", ","),
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, content: str) -> None:
    data = given_csv(tmp_path, content)
    np.testing.assert_array_equal(data.fields["x"], [[1, 2], [3.5, -400], [0, 0.5]])
    assert data.fields["y"].tolist() == [0, 1, 0]


def test_agrees_with_numpy_on_random_numbers(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(200, 7)) * 10.0 ** np.arange(-3, 4)
    path = tmp_path / "data.csv"
    np.savetxt(path, values, delimiter=",", fmt="%.17g")
    data = load({"kind": "csv", "path": "data.csv"}, 0, str(tmp_path))
    expected = np.loadtxt(path, delimiter=",")
    np.testing.assert_array_equal(data.fields["x"], expected[:, :6])
    np.testing.assert_array_equal(data.fields["y"], expected[:, 6:])
    assert data.classes == {}


def test_target_by_name_and_columns_left_out(tmp_path: Path) -> None:
    content = "id,name,size,price\n1,ann,3,10\n2,bob,4,20\n"
    data = given_csv(tmp_path, content, target="size", leave_out="id, name")
    np.testing.assert_array_equal(data.fields["x"], [[10], [20]])
    np.testing.assert_array_equal(data.fields["y"], [[3], [4]])
    unnamed = given_csv(tmp_path, ",a,y\n0,5,1\n1,6,2\n", leave_out="column 1")
    np.testing.assert_array_equal(unnamed.fields["x"], [[5], [6]])


def test_numbers_as_classes_are_sorted_by_value(tmp_path: Path) -> None:
    data = given_csv(tmp_path, "x,y\n0,10\n0,9\n0,10\n", answers="classes")
    assert data.classes == {"y": ("9", "10")} and data.fields["y"].tolist() == [1, 0, 1]


def test_without_answers_every_column_is_an_input(tmp_path: Path) -> None:
    data = given_csv(tmp_path, "a\n1\n2\n", answers="none")
    assert list(data.fields) == ["x"] and data.fields["x"].shape == (2, 1)


def test_header_and_delimiter_can_be_forced(tmp_path: Path) -> None:
    assert len(given_csv(tmp_path, "1,2\n3,4\n", header="yes")) == 1
    assert len(given_csv(tmp_path, "1,2\n3,4\n")) == 2
    with pytest.raises(DataError, match="line 1, column 'column 1': 'a' is not a number"):
        given_csv(tmp_path, "a,b\n3,4\n", header="no")
    with pytest.raises(DataError, match="none is left as input"):
        given_csv(tmp_path, "1,2\n3,4\n", delimiter="tab")


REFUSED = [
    ("", {}, "is empty"),
    ("\n \n\n", {}, "is empty"),
    ("a,b\n", {}, "a header and no samples"),
    ("a,b\n1,2\n3\n", {}, "line 3: 1 columns where the first line has 2"),
    ("a,b\n1,2\n\n3,4,5\n", {}, "line 4: 3 columns where the first line has 2"),
    ("a,width,y\n1,2,3\n4,wide,6\n", {}, "line 3, column 'width': 'wide' is not a number"),
    ("a,width,y\n1,,3\n", {}, "line 2, column 'width': the cell is empty"),
    ("a,y\n1,2\n3,two\n", {}, "line 3, column 'y': 'two' is not a number; choose answers: classes"),
    ("a,y\n1,cat\n3,\n", {}, "line 3, column 'y': the class is missing"),
    ("a,y\n1,2\nnan,3\n", {}, "line 3, column 'a': nan cannot be used"),
    ("a,y\n1,2\n\n4,-inf\n", {}, "line 4, column 'y': -inf cannot be used"),
    ("a,y\n1,2\n1e300,3\n", {}, "line 3, column 'a': 1e\\+300 cannot be used"),
    ("a,y\n1,2\n", {"target": "z"}, "no column 'z'; there are: a, y"),
    ("a,a,y\n1,2,3\n", {"target": "a"}, "2 columns called 'a'"),
    ("a,y\n1,2\n", {"leave_out": "a"}, "none is left as input"),
    ("a\n1\n", {}, "none is left as input"),
    (b"a,y\n1,2\n\xff\xfe,3\n", {}, "line 3: this is not UTF-8 text"),
    (b"\xff\xfea\x00,\x00y\x00", {}, "line 1: this is not UTF-8 text"),
    ('a,y\n1,2\n"3,4\n5,6\n', {}, "line 4: 1 columns"),
    ("a,y\n1," + "2" * 200_000 + "\n", {}, "field larger"),
]


@pytest.mark.parametrize(("content", "options", "text"), REFUSED, ids=lambda v: str(v)[:40])
def test_what_is_refused_and_where(
    tmp_path: Path, content: str | bytes, options: dict[str, str], text: str
) -> None:
    with pytest.raises(DataError, match=text) as caught:
        given_csv(tmp_path, content, **options)
    message = str(caught.value)
    assert message.startswith("data.csv") and message.endswith(".") and len(message) < 400


def test_limits_of_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_CELLS", 5)
    with pytest.raises(DataError, match="more than 5 cells"):
        given_csv(tmp_path, "1,2\n3,4\n5,6\n")
    monkeypatch.setattr(table, "MAX_BYTES", 10)
    with pytest.raises(DataError, match="12 bytes, the limit is 10"):
        given_csv(tmp_path, "1,2\n3,4\n5,7\n")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert len(given_csv(tmp_path, "1,2\n")) == 1
    again = given_csv(tmp_path, "1,2\n3,4\n")
    again.fields["x"][:] = 99.0
    assert given_csv(tmp_path, "1,2\n3,4\n").fields["x"].tolist() == [[1.0], [3.0]]


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    secret, folder = tmp_path / "secret.csv", tmp_path / "diagrams"
    secret.write_text("1,2\n3,4\n")
    (folder / "deep").mkdir(parents=True)
    (folder / "link.csv").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    outside = (
        *(str(secret), "../secret.csv", "deep/../../secret.csv", "link.csv", "up/secret.csv"),
        *("C:\\secret.csv", "\\\\host\\secret.csv", "..\\secret.csv", "/etc/passwd"),
    )
    for path in outside:
        with pytest.raises(DataError, match="put the CSV beside the diagram"):
            load({"kind": "csv", "path": path}, 0, str(folder))


def test_what_is_inside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "data.csv").write_text("1,2\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "deep" / "data.csv")
    for path in ("deep/data.csv", "./deep/data.csv", "link.csv"):
        assert len(load({"kind": "csv", "path": path}, 0, str(tmp_path))) == 1


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for path in (
        "none.csv",
        "folder.csv",
        "pipe.csv",
        "",
        ".",
        "a\0b",
        "\ud800.csv",
        "n" * 5000,
        "loop.csv",
    ):
        with pytest.raises(DataError, match="beside the diagram"):
            load({"kind": "csv", "path": path}, 0, str(tmp_path))
    with pytest.raises(DataError, match="save the diagram first"):
        load({"kind": "csv", "path": "data.csv"}, 0, "")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_mutations_are_read_or_refused_in_one_sentence(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(IRIS.encode() * 3)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.sampled_from(
                [
                    b",",
                    b"\n",
                    b'"',
                    b"\r",
                    b";",
                    b"\0",
                    b"\xff",
                    b"nan",
                    b"1e999",
                    b"\xef\xbb\xbf",
                    b"",
                ]
            )
        )
        content[at : at + data.draw(st.integers(0, 5))] = piece
    option = data.draw(st.sampled_from(["auto", "classes", "numbers", "none"]))
    try:
        found = given_csv(tmp_path, bytes(content), answers=option)
    except DataError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
    else:
        assert all(np.all(np.isfinite(values)) for values in found.fields.values())
        assert {len(values) for values in found.fields.values()} == {len(found)}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3), min_size=1, max_size=12),
    mark=st.sampled_from(",;\t"),
)
def test_whatever_numbers_are_written_come_back(
    tmp_path: Path, rows: list[list[float]], mark: str
) -> None:
    with (tmp_path / "data.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=mark).writerows([["a", "b", "c"], *rows])
    found = load({"kind": "csv", "path": "data.csv", "answers": "none"}, 0, str(tmp_path))
    np.testing.assert_array_equal(found.fields["x"], rows)
