"""Checkpoints that somebody made to do harm, or that a fault made, by name.

Each is written by a function that takes the path. Those of READABLE hold what `TENSORS` is, in
unusual forms, and are to be read bit for bit; all others are to be refused.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(3)}
Maker = Callable[[Path], None]


class Storage:
    """Pickled as torch pickles a storage: by a tuple that names its file."""

    def __init__(
        self, key: Any = "0", count: int = 6, kind: Any = None, place: str = "cpu"
    ) -> None:
        self.persistent = ("storage", kind or torch.FloatStorage, key, place, count)


class Rebuilt:
    """Pickled as torch pickles a tensor: by the function that makes it of a storage."""

    def __init__(
        self, storage: Storage, size: Any = (2, 3), stride: Any = (3, 1), offset: Any = 0
    ) -> None:
        self.arguments: tuple[Any, ...] = (storage, offset, size, stride, False, OrderedDict())

    def __reduce__(self) -> tuple[Any, ...]:
        return torch._utils._rebuild_tensor_v2, self.arguments


class Called:
    """Its unpickling calls a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        return obj.persistent if isinstance(obj, Storage) else None


def pickled(content: Any) -> bytes:
    """The pickle of a content, at torch's protocol."""
    text = io.BytesIO()
    _Pickler(text, 2).dump(content)
    return text.getvalue()


ZERO = TENSORS["a"].numpy().tobytes()


def zipped(data: bytes | None, **entries: bytes) -> Maker:
    """An archive as torch writes it, with a pickle and storages by their numbers."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            if data is not None:
                archive.writestr("x/data.pkl", data)
            archive.writestr("x/version", b"3\n")
            archive.writestr("x/byteorder", b"little")
            for name, entry in (entries or {"data/0": ZERO}).items():
                archive.writestr(f"x/{name}", entry)

    return make


def of(**content: Any) -> Maker:
    """An archive of a dict."""
    return zipped(pickled(content))


def saved(content: Any, *, legacy: bool = False) -> Maker:
    """What torch.save makes of a content."""

    def make(path: Path) -> None:
        torch.save(content, path, _use_new_zipfile_serialization=not legacy)

    return make


def changed(maker: Maker, change: Callable[[bytes], bytes]) -> Maker:
    """A file whose bytes were changed after it was made."""

    def make(path: Path) -> None:
        maker(path)
        path.write_bytes(change(path.read_bytes()))

    return make


def raw(data: bytes) -> Maker:
    """A file of bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def tensors_file(header: Any, data: bytes = ZERO, length: int | None = None) -> Maker:
    """A file of safetensors with a header, as text or as what is to be JSON."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return raw(struct.pack("<Q", len(text) if length is None else length) + text + data)


def entry(shape: Any = (2, 3), offsets: Any = (0, 24), dtype: str = "F32") -> dict[str, Any]:
    """A tensor in a header."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def deep(levels: int) -> bytes:
    """The pickle of lists in lists."""
    return b"\x80\x02" + b"]" * levels + b"a" * (levels - 1) + b"."


def cyclic() -> dict[str, Any]:
    """A dict that holds itself."""
    content: dict[str, Any] = {"a": Rebuilt(Storage())}
    content["self"] = content
    return content


def bomb(path: Path) -> None:
    """A pickle of zeros, deflated a thousandfold."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", b"\x80\x02" + b"0" * (64 << 20))
        archive.writestr("x/version", b"3\n")


def crowd(path: Path) -> None:
    """Twenty thousand entries."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/data.pkl", pickled({"a": Rebuilt(Storage())}))
        archive.writestr("x/version", b"3\n")
        for number in range(20_000):
            archive.writestr(f"x/data/{number}", b"")


def twice(path: Path) -> None:
    """Two pickles."""
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("x", "y"):
            archive.writestr(f"{folder}/data.pkl", pickled({"a": Rebuilt(Storage())}))
            archive.writestr(f"{folder}/version", b"3\n")
            archive.writestr(f"{folder}/data/0", ZERO)


def flipped(data: bytes) -> bytes:
    """A byte of the values turned over."""
    at = data.index(ZERO) + 5
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


A = Rebuilt(Storage())
HUGE = 1 << 40

READABLE: dict[str, Maker] = {
    "two tensors of one storage": saved(
        {"a": (base := torch.arange(9.0))[:6].reshape(2, 3), "b": torch.ones(9)[3:6]}
    ),
    "strides the other way round": saved(
        {"a": torch.arange(6.0).reshape(2, 3).t().contiguous().t(), "b": torch.ones(1).expand(3)}
    ),
    "a dict in a dict": saved({"state_dict": dict(TENSORS)}),
    "an ordered dict of an old file": saved(OrderedDict(TENSORS), legacy=True),
    "a comment at the archive's end": changed(saved(TENSORS), lambda d: d[:-2] + b"\x05\0abcde"),
    "a storage by a number": zipped(
        pickled({"a": Rebuilt(Storage(0)), "b": Rebuilt(Storage(1, 3), (3,), (1,))}),
        **{"data/0": ZERO, "data/1": TENSORS["b"].numpy().tobytes()},
    ),
}

REFUSED: dict[str, Maker] = {
    "a storage of a terabyte": of(a=Rebuilt(Storage(count=HUGE))),
    "a storage of less than nothing": of(a=Rebuilt(Storage(count=-1))),
    "a tensor of a terabyte": of(a=Rebuilt(Storage(), (HUGE,), (1,))),
    "a tensor of less than nothing": of(a=Rebuilt(Storage(), (-2, 3))),
    "a stride out of the storage": of(a=Rebuilt(Storage(), (2, 3), (1000, 1))),
    "a stride backwards": of(a=Rebuilt(Storage(), (2, 3), (-3, 1))),
    "an offset behind the storage": of(a=Rebuilt(Storage(), offset=1000)),
    "an offset before the storage": of(a=Rebuilt(Storage(), offset=-4)),
    "one number as two gigabytes": of(a=Rebuilt(Storage(), (1 << 29,), (0,))),
    "sizes whose product runs over": of(a=Rebuilt(Storage(), (1 << 32, 1 << 32), (0, 0))),
    "a storage that is not there": of(a=Rebuilt(Storage(key="7"))),
    "a storage outside of the archive": of(a=Rebuilt(Storage(key="../../../etc/passwd"))),
    "a storage of no storage's class": of(a=Rebuilt(Storage(kind=OrderedDict))),
    "a size of texts": of(a=Rebuilt(Storage(), ("two", "three"))),
    "no size": of(a=Rebuilt(Storage(), None)),
    "lists in lists, 100,000": zipped(deep(100_000)),
    "a million steps": zipped(b"\x80\x02" + b"(0" * 600_000 + b"}."),
    "a key of twenty megabytes": zipped(pickled({"k" * (20 << 20): A})),
    "a number of a million digits": zipped(
        b"\x80\x02\x8b" + struct.pack("<i", 1 << 20) + b"\x7f" * (1 << 20) + b"."
    ),
    "a dict that holds itself": of(**cyclic()),
    "os.system": of(a=A, b=Called(os.system, "true")),
    "eval": of(a=A, b=Called(eval, "1")),
    "getattr of a module": of(a=A, b=Called(getattr, OrderedDict, "fromkeys")),
    "a class by INST": zipped(b"(S'true'\nios\nsystem\n."),
    "a class by OBJ": zipped(b"\x80\x02(cos\nsystem\nU\x04trueo."),
    "a class by NEWOBJ_EX": zipped(b"\x80\x04cos\nsystem\n(U\x04truet}\x92."),
    "an extension": zipped(b"\x80\x02\x82\x01."),
    "a state for a dict": zipped(b"\x80\x02ccollections\nOrderedDict\n)R}U\x01aK\x01sb."),
    "a persistent text": zipped(b"\x80\x02}U\x01aPstorage\ns."),
    "a pickle without an end": zipped(pickled({"a": A})[:-1]),
    "a pickle of nothing": zipped(b""),
    "a stack with nothing on it": zipped(b"\x80\x02."),
    "a memo that was never filled": zipped(b"\x80\x02h\x07."),
    "no pickle": zipped(None),
    "two pickles": twice,
    "a pickle that is deflated": bomb,
    "twenty thousand entries": crowd,
    "a value turned over": changed(saved(TENSORS), flipped),
    "an old file with a terabyte": changed(
        saved(TENSORS, legacy=True),
        lambda d: d.replace(struct.pack("<q", 6), struct.pack("<q", HUGE)),
    ),
    "an old file without its end": changed(saved(TENSORS, legacy=True), lambda d: d[:-9]),
    "an old file that runs": saved({"a": Called(os.system, "true")}, legacy=True),
    "a header of a terabyte": tensors_file({"a": entry()}, length=HUGE),
    "a header of nothing": tensors_file(b""),
    "a header that is a list": tensors_file([1]),
    "a header in no UTF-8": tensors_file(b'{"\xff": 1}'),
    "lists in lists in a header": tensors_file(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "offsets behind the end": tensors_file({"a": entry(offsets=(0, 2400), shape=(600,))}),
    "offsets the other way round": tensors_file({"a": entry(offsets=(24, 0))}),
    "offsets below nothing": tensors_file({"a": entry(offsets=(-24, 0))}),
    "a shape of another size": tensors_file({"a": entry(shape=(7, 7))}),
    "a shape that runs over": tensors_file({"a": entry(shape=(1 << 62, 1 << 62))}),
    "a dtype that there is not": tensors_file({"a": entry(dtype="F33")}),
    "a tensor of two places": tensors_file({"a": entry(), "b": entry()}),
    "a hole between tensors": tensors_file({"a": entry(), "b": entry(offsets=(48, 72))}, ZERO * 3),
    "random bytes": raw(bytes((7 * i * i + 3) % 251 for i in range(4096))),
}  # fmt: skip
