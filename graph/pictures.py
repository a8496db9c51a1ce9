"""Diagrams inside pictures: the text of a diagram put into PNG, SVG and PDF files, and found there again, with suspicion.

No parser of pictures or of XML is at work: the marked place is looked for, and what is packed there is unpacked within bounds.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator

from graph.problem import FileError

KEY = "gradboard"  # the chunk of a PNG, the id of an SVG's metadata
ATTACHMENT = "diagram.gradboard"  # the file that is attached to a PDF
HEAD = 4096  # bytes from which a picture is known
TRIES = 16  # marked places of one file that are looked at
_PNG = b"\x89PNG\r\n\x1a\n"
_OTHERS = (b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")
_WIDE = re.compile(rb"/EF\s{0,9}<<\s{0,9}/U?F\s{1,9}(\d{1,9})\s{1,9}0\s{1,9}R")


def is_picture(head: bytes) -> bool:
    """Whether a file that begins like this is a picture, whatever is in it."""
    start = head[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return b"<svg" in start
    webp = start.startswith(b"RIFF") and start[8:12] == b"WEBP"
    return webp or start.startswith((_PNG, b"%PDF-", *_OTHERS))


def packed_in(content: bytes, where: str, most: int) -> str:
    """The text of the diagram that a picture carries, at most `most` bytes.  Raises FileError, one sentence."""
    start = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    read = _in_png if start.startswith(_PNG) else _in_pdf if start[:5] == b"%PDF-" else _in_svg
    found = None
    try:
        for packed in read(content):
            found = packed if isinstance(packed, str) else _inflated(packed, most, where)
            break
    except (ValueError, zlib.error, struct.error):
        raise FileError(
            f"{where}: the diagram in this picture is damaged; take another copy of the file."
        ) from None
    if found is None:
        raise FileError(
            f"{where}: this picture carries no diagram; take one that Gradboard made, or a diagram's own file."
        )
    return found


def png_with(png: bytes, text: str) -> bytes:
    """A PNG file with a diagram in it, in a compressed iTXt chunk after its header."""
    body = KEY.encode() + b"\0\1\0\0\0" + zlib.compress(text.encode(), 9)
    end = len(_PNG) + 12 + struct.unpack_from(">I", png, len(_PNG))[0]
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body
    return png[:end] + chunk + struct.pack(">I", zlib.crc32(b"iTXt" + body)) + png[end:]


def svg_metadata(text: str) -> str:
    """The element of an SVG file that carries a diagram."""
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    return f'<metadata id="{KEY}">{packed}</metadata>'


def _in_png(content: bytes) -> Iterator[bytes | str]:
    place = content.find(_PNG) + len(_PNG)
    while place + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind, body = content[place + 4 : place + 8], place + 8
        if size > len(content) - body - 4:
            return
        if kind == b"iTXt" and content.startswith(KEY.encode() + b"\0", body):
            yield _text_chunk(content[body : body + size], content[body + size : body + size + 4])
        if kind == b"IEND":
            return
        place = body + size + 4


def _text_chunk(body: bytes, check: bytes) -> bytes | str:
    if struct.pack(">I", zlib.crc32(b"iTXt" + body)) != check:
        raise ValueError("checksum")
    compressed, rest = body[len(KEY) + 1], body[len(KEY) + 3 :]
    _language, _keyword, text = rest.split(b"\0", 2)
    return text if compressed else text.decode()


def _in_svg(content: bytes) -> Iterator[bytes]:
    place, mark = 0, f'id="{KEY}"'.encode()
    for _ in range(TRIES):
        place = content.find(mark, place)
        if place < 0:
            return
        begins = content.rfind(b"<", max(0, place - HEAD), place)
        opened = content.find(b">", place, place + HEAD)
        if begins >= 0 and opened >= 0 and content.startswith(b"<metadata", begins):
            closed = content.find(b"</metadata>", opened)
            packed = b"".join(content[opened + 1 : max(closed, opened + 1)].split())
            try:
                yield base64.b64decode(packed, validate=True)
            except binascii.Error:
                raise ValueError("base64") from None
        place += len(mark)


def _in_pdf(content: bytes) -> Iterator[bytes | str]:
    """Attached files, the first that can be a diagram: those named as ours are, in UTF-16 or ASCII."""
    if not any(ATTACHMENT.encode(code) in content for code in ("utf-16-be", "ascii")):
        return
    for _, match in zip(range(TRIES), _WIDE.finditer(content), strict=False):
        head = re.search(rb"[\r\n]%s 0 obj\b" % match[1], content)
        opened = content.find(b"stream", head.end(), head.end() + HEAD) if head else -1
        if head is None or opened < 0:
            raise ValueError("the attached file is missing")
        begin = opened + len(b"stream")
        begin += 2 if content[begin : begin + 2] == b"\r\n" else 1
        closed = content.find(b"endstream", begin)
        body = content[begin : closed if closed >= 0 else len(content)]
        yield body if b"/FlateDecode" in content[head.end() : opened] else body.decode()


def _inflated(packed: bytes, most: int, where: str) -> str:
    stream = zlib.decompressobj()
    found = stream.decompress(packed, most + 1)
    if len(found) > most:
        raise FileError(f"{where}: the diagram in it is larger than {most // 2**20} MB.")
    if not stream.eof:
        raise ValueError("truncated")
    return found.decode()
