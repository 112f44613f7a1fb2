"""The stage table against the two tables of the seed, and as `fishcompile show` prints it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from fishcompile.analysis.table import stage_table
from fishcompile.cli.show_stages import table_lines
from fishcompile.pipeline import compiled
from tests.nets import shipped


class Line(NamedTuple):
    """A line of the seed's section 2.1: Bottlenecks are those of the trunk and of the transfer."""

    stage: str
    input: str
    output: str
    trunk: int
    transfer: int
    isolated: int
    convs: int


# The table's Body-3 says 256 channels leave; its own next line, and the authors' code, say 512.
# Its Score-FC gives 1000x1x1, the same numbers before they are flattened.
FISHNET99 = [
    Line("stem", "3x224x224", "64x56x56", 0, 0, 0, 3),
    Line("tail1", "64x56x56", "128x28x28", 2, 0, 1, 7),
    Line("tail2", "128x28x28", "256x14x14", 2, 0, 1, 7),
    Line("tail3", "256x14x14", "512x7x7", 6, 0, 1, 19),
    Line("bridge", "512x7x7", "512x7x7", 2, 0, 1, 11),
    Line("body3", "512x7x7", "512x14x14", 1, 1, 0, 6),
    Line("body2", "512+256x14x14", "384x28x28", 1, 1, 0, 6),
    Line("body1", "384+128x28x28", "256x56x56", 1, 1, 0, 6),
    Line("head1", "256+64x56x56", "320x28x28", 1, 1, 0, 6),
    Line("head2", "320+512x28x28", "832x14x14", 2, 1, 0, 9),
    Line("head3", "832+768x14x14", "1600x7x7", 2, 4, 0, 18),
    Line("classifier.score", "1600+512x7x7", "1056x7x7", 0, 0, 0, 1),
    Line("classifier.fc", "1056x7x7", "1000", 0, 0, 0, 1),
]
FISHNET150 = [
    Line("stem", "3x224x224", "64x56x56", 0, 0, 0, 3),
    Line("tail1", "64x56x56", "128x28x28", 2, 0, 1, 7),
    Line("tail2", "128x28x28", "256x14x14", 4, 0, 1, 13),
    Line("tail3", "256x14x14", "512x7x7", 8, 0, 1, 25),
    Line("bridge", "512x7x7", "512x7x7", 4, 0, 1, 17),
    Line("body3", "512x7x7", "512x14x14", 2, 2, 0, 12),
    Line("body2", "512+256x14x14", "384x28x28", 2, 2, 0, 12),
    Line("body1", "384+128x28x28", "256x56x56", 2, 2, 0, 12),
    Line("head1", "256+64x56x56", "320x28x28", 2, 2, 0, 12),
    Line("head2", "320+512x28x28", "832x14x14", 2, 2, 0, 12),
    Line("head3", "832+768x14x14", "1600x7x7", 4, 4, 0, 24),
    Line("classifier.score", "1600+512x7x7", "1056x7x7", 0, 0, 0, 1),
    Line("classifier.fc", "1056x7x7", "1000", 0, 0, 0, 1),
]
TABLES = {"fishnet99": FISHNET99, "fishnet150": FISHNET150}


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_the_seeds(name: str) -> None:
    analysis = compiled(shipped(name))
    rows = stage_table(analysis.inference, analysis.costs)
    assert [
        Line(r.name, r.input, r.output, r.blocks, r.transfers, r.cost.isolated, r.cost.convolutions)
        for r in rows
    ] == TABLES[name]
    assert sum(row.cost.parameters for row in rows) == analysis.total.parameters
    assert sum(row.cost.macs for row in rows) == analysis.total.macs


@pytest.mark.parametrize(("name", "convs"), [("fishnet99", 100), ("fishnet150", 151)])
def test_the_seeds_table_adds_up(name: str, convs: int) -> None:
    assert sum(line.convs for line in TABLES[name]) == convs
    assert sum(line.isolated for line in TABLES[name]) == 4


SHOWN = """\
stage             input          output     blocks  I-convs  convs  parameters           MACs
stem              3x224x224      64x56x56        0        0      3      28,768    357,654,528
tail1             64x56x56       128x28x28       2        1      7      41,728    128,450,560
tail2             128x28x28      256x14x14       2        1      7     165,376    128,450,560
tail3             256x14x14      512x7x7         6        1     19   1,778,688    346,816,512
bridge            512x7x7        512x7x7         2        1     11   1,600,544     75,513,856
body3             512x7x7        512x14x14   1 + 1        0      6     350,464     27,295,744
body2             512+256x14x14  384x28x28   1 + 1        0      6     213,248     51,580,928
body1             384+128x28x28  256x56x56   1 + 1        0      6      91,840     81,084,416
head1             256+64x56x56   320x28x28   1 + 1        0      6     389,824    559,562,752
head2             320+512x28x28  832x14x14   2 + 1        0      9   2,104,960  1,276,076,032
head3             832+768x14x14  1600x7x7    2 + 4        0     18   6,569,856  1,120,831,488
classifier.score  1600+512x7x7   1056x7x7        0        0      1   2,234,496    109,283,328
classifier.fc     1056x7x7       1000            0        0      1   1,059,112      1,056,000
total                                                     4    100  16,628,904  4,263,656,704
"""


def test_the_table_as_it_is_shown() -> None:
    assert "\n".join(table_lines(compiled(shipped("fishnet99")))) + "\n" == SHOWN


def test_a_concatenation_of_a_graph_is_shown_as_the_sum_that_enters(tmp_path: Path) -> None:
    text = """\
fishspec: 2
name: joined
input: {size: 8}
graph:
  a: {kind: conv, from: input, out: 512}
  b: {kind: conv, out: 256}
  c: {kind: concat, from: [a, b], expect: {in: 768, out: 768}}
outputs: {o: c}
"""
    path = tmp_path / "joined.yaml"
    path.write_text(text, encoding="utf-8")
    analysis = compiled(path)
    rows = {row.name: row for row in stage_table(analysis.inference, analysis.costs)}
    assert (rows["c"].input, rows["c"].output) == ("512+256x8x8", "768x8x8")
