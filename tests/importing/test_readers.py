"""Reading files: what is whole comes through, what is broken is named by its line."""

import csv
import datetime
import gzip
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from crm.records.importing import FileRefused, readers
from crm.records.importing.readers import Layout, open_source


def rows(path: Path, **options: object) -> list[tuple[int, list[str], bool]]:
    return [(row.number, row.cells, bool(row.problem)) for row in open_source(path, **options).rows()]  # type: ignore[arg-type]


def a_file(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_heading(tmp_path: Path, delimiter: str) -> None:
    source = open_source(a_file(tmp_path, delimiter.join(["a", '"b, or; c"', "d"]) + "\n"))
    assert source.columns == ["a", "b, or; c", "d"]


def test_blank_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    source = open_source(a_file(tmp_path, "\n\na,b\n1,2\n\n , \n3,4\n"))
    assert [(row.number, row.cells) for row in source.rows()] == [(4, ["1", "2"]), (7, ["3", "4"])]
    assert source.blank_rows == 2


def test_a_quoted_cell_may_go_over_lines(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n1,"two\nlines, ""and"" more"\n3,4\n')
    assert rows(path) == [(2, ["1", 'two\nlines, "and" more'], False), (4, ["3", "4"], False)]


def test_an_open_quotation_mark_spoils_only_its_own_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n1,"open\n2,"x, y"\n3,4\n5,"end\n')
    found = rows(path)
    assert [(number, bad) for number, _cells, bad in found] == [(2, True), (3, False), (4, False), (5, True)]
    assert found[1][1] == ["2", "x, y"]
    assert found[0][1] == ['1,"open']


def test_too_few_and_too_many_cells_are_named(tmp_path: Path) -> None:
    path = a_file(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert [(number, bad) for number, _cells, bad in rows(path)] == [(2, True), (3, True), (4, False)]


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="twice"):
        open_source(a_file(tmp_path, "a,b,a\n"))


def test_more_columns_than_any_table_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="500"):
        open_source(a_file(tmp_path, ",".join(f"c{number}" for number in range(501)) + "\n"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n\n", "empty"), (b"a,b\n\x00\x01\x02", "not a text"), (b"PK\x03\x04rest", "spreadsheet")],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        open_source(a_file(tmp_path, content))


def test_a_gzip_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (each, each * 7) for each in range(5_000)))
    assert len(rows(a_file(tmp_path, whole, "file.csv.gz"))) == 5_000
    with pytest.raises(FileRefused, match="cut off"):
        open_source(a_file(tmp_path, whole[: len(whole) // 2], "file.csv.gz"))
    with pytest.raises(FileRefused, match="damaged"):
        open_source(a_file(tmp_path, whole[:500] + b"\xff" * 200 + whole[700:], "file.csv.gz"))


def test_a_file_that_blows_up_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "RATIO_MATTERS_FROM", 1_000_000)
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 1_000_000)
    with pytest.raises(FileRefused, match="unpacked"):
        open_source(a_file(tmp_path, bomb, "bomb.csv.gz"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 4_000_000)
    with pytest.raises(FileRefused, match="unpacked"):
        open_source(a_file(tmp_path, packed.getvalue(), "bomb.xlsx"))


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="longer"):
        rows(a_file(tmp_path, "a,b\n" + "x" * 1_100_000))


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        ("utf-8", "名称,城市\n王小明,上海\n", "utf-8"),
        ("utf-8-sig", "名称,城市\n王小明,上海\n", "utf-8-sig"),
        ("gbk", "名称,城市\n王小明,上海\n", "gb18030"),
        ("gbk", "name,city\nann,York\n" + "a,b\n" * 40_000 + "李雷,北京\n", "gb18030"),
        ("big5", "名稱,城市\n王小明,臺北\n陳大文,香港\n", "big5"),
        ("cp1252", "name,city\nJürgen,Köln\nRenée,Orléans\n", "cp1252"),
        ("cp1252", "name,price\nvoucher £10.00,10\n", "cp1252"),
    ],
)
def test_encodings_are_recognised(tmp_path: Path, encoding: str, text: str, expected: str) -> None:
    path = a_file(tmp_path, text.encode(encoding))
    source = open_source(path)
    assert source.encoding == expected  # type: ignore[attr-defined]
    last = text.strip().split("\n")[-1].split(",")
    assert [row.cells for row in source.rows()][-1] == last


def test_one_row_in_another_encoding_is_the_only_one_lost(tmp_path: Path) -> None:
    content = "名称,城市\n王小明,上海\n".encode() + "李雷,北京\n".encode("gbk") + "韩梅梅,广州\n".encode()
    found = rows(a_file(tmp_path, content))
    assert [(number, bad) for number, _cells, bad in found] == [(2, False), (3, True), (4, False)]


def test_damaged_characters_do_not_pass_as_text(tmp_path: Path) -> None:
    assert rows(a_file(tmp_path, "a,b\n1,\ufffd\ufffd\n"))[0][2]


def test_spreadsheets_give_the_same_texts_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Lines")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(1, 0, ["Number", "When", "Price", "名称", "Yes"])
    sheet.write(2, 0, 17850)
    sheet.write_datetime(2, 1, datetime.datetime(2010, 12, 1, 8, 26), moment)  # noqa: DTZ001
    sheet.write(2, 2, 0.001)
    sheet.write(2, 3, "红茶")
    sheet.write(2, 4, True)
    sheet.write(4, 0, "last")
    book.close()
    source = open_source(path)
    assert source.columns == ["Number", "When", "Price", "名称", "Yes"]
    assert [(row.number, row.cells) for row in source.rows()] == [
        (3, ["17850", "2010-12-01 08:26:00", "0.001", "红茶", "true"]),
        (5, ["last", "", "", "", ""]),
    ]
    with pytest.raises(FileRefused, match="Lines"):
        open_source(path, sheet="Nonsense")
    with pytest.raises(FileRefused, match="workbook"):
        open_source(a_file(tmp_path, b"PK\x03\x04nonsense", "broken.xlsx"))


def test_lines_of_fixed_width(tmp_path: Path) -> None:
    layout = Layout((("a", 0, 3), ("b", 3, 6)), 6)
    path = a_file(tmp_path, " 1 2  \r\n12 345\r\n12\r\n")
    assert rows(path, layouts=(layout,)) == [
        (1, ["1", "2"], False),
        (2, ["12", "345"], False),
        (3, ["12", ""], True),
    ]


def test_files_with_many_quotation_marks_are_read_like_the_csv_module_does(tmp_path: Path) -> None:
    path = tmp_path / "quoted.csv"
    table = [[str(n), f'a "{n}", b', "x\ny" if n % 7 == 0 else "", "'"] for n in range(500)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["n", "text", "lines", "mark"], *table])
    assert [row.cells for row in open_source(path).rows()] == table
