"""Writes docs/pictures.md and the pictures of all specs in docs/pictures/.

python docs/generate_pictures.py; with --check it writes nothing and fails where a file is not
current. Needs fishcompile to be importable, as it is once installed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fishcompile.pictures.files import picture
from fishcompile.pipeline import analyse

DOCS = Path(__file__).parent
SPECS = DOCS.parent / "specs"
PAGE, FOLDER = DOCS / "pictures.md", DOCS / "pictures"

INTRO = """\
# Pictures

    fishcompile draw specs/fishnet99.yaml -o fish.svg

![FishNet-99](pictures/fishnet99.svg)

**Outline.** The network's trunk, the longest way through it, runs from left to right. The height
of a bar is the resolution of its map, by as much for each octave; its thickness is the number of
channels. So a FishNet has a tail, a body and a head, and a U-Net is a U.

**Stripes.** A bar is striped by the stages that made its channels, in their proportion and order,
followed through every concatenation, sum and r(x). A residual block keeps the makers of what came
in, since it only refines that; a convolution makes channels of its own. `head3` of the fish has
those of the stem, the tail and the bridge side by side, which is the point of the design: pixel,
region and image in one feature. The wedge that leads to a bar has the colour of its section.
Where a sum has several makers they share the stripe's height. In a network without sections,
down, up and so on have a colour each.

**Ways of the gradient.** A bright line is a way that the gradient takes from the network's head
without a convolution; it goes through each bar that it reaches. Where the trunk or an arc is
dashed, convolutions are in the way; a red bar is an isolated one (an I-conv) on the best way. The
measure is that of [gradients.md](gradients.md).

**Table.** Below each bar stand its channels, its size, `UR`, `DR` or the kind of node, its blocks
(trunk + transfer, the ribs of the wedge), the k of r(x), and the taps and outputs it gives with
their strides. Pooling, activations and whatever else has no weights stands with what reads it;
its title names it. Each mark has a title, which a browser shows where one points and a screen
reader says.

**Folding.** Equal layers in a row are one bar (`conv3_1-3`), and a part that repeats stands once,
with how often. Networks without a trunk have columns by depth and rows by resolution.

**Files.** `-o` with `.svg`, `.png`, `.pdf` or `.mmd`, or `--format`; without `-o` an SVG or a
chart goes to standard output. An SVG is light or dark as its reader's system is, or fixed by
`--theme light` (or `dark`); its text is text. PNG and PDF need `pip install
'fishcompile[pictures]'` (Typst). The same spec gives the same bytes.

In a notebook, `fishcompile.load("specs/fishnet99.yaml")` shows itself as picture and table.

## A spec that does not hold

Is drawn too: the edge that breaks is red and numbered, what is unknown behind it grey. `draw`
then prints the findings and exits with 1. Here images of 720x1280 come to a pyramid whose
up-sampling is by a factor:

```yaml
{broken}```

![a pyramid that does not fit](pictures/broken.svg)

## Mermaid

`fishcompile draw specs/fishnet_nano.yaml --format mermaid` prints a flow chart that Markdown on
many hosts shows as it stands, with the stages named as in the spec and the shape on each edge:

```mermaid
{chart}```

## All specs

"""

BROKEN = """\
fishspec: 2
name: broken
input: {size: [720, 1280]}
graph:
  c2: {kind: conv, from: input, out: 64, stride: 4}
  c3: {kind: conv, out: 128, stride: 2}
  c4: {kind: conv, out: 256, stride: 2}
  c5: {kind: conv, out: 512, stride: 2}
  p5: {kind: conv, out: 256, kernel: 1}
  up: {kind: upsample, factor: 2}
  lateral4: {kind: conv, from: c4, out: 256, kernel: 1}
  p4: {kind: add, from: [lateral4, up]}
  smooth4: {kind: conv, out: 256}
outputs: {p4: smooth4, p5: p5}
"""


def main(arguments: list[str]) -> str | None:
    """Writes what is not current, or says which files are not."""
    stale = [path for path, data in _files() if not path.exists() or path.read_bytes() != data]
    if "--check" in arguments:
        names = ", ".join(path.name for path in stale)
        return f"not current: {names}; run docs/generate_pictures.py" if stale else None
    FOLDER.mkdir(exist_ok=True)
    for path, data in _files():
        path.write_bytes(data)
    return None


def _files() -> Iterator[tuple[Path, bytes]]:
    specs = sorted(SPECS.glob("*.yaml"))
    page = INTRO.replace("{broken}", BROKEN)
    chart = picture(analyse(SPECS / "fishnet_nano.yaml"), "mermaid", "auto").decode()
    page = page.replace("{chart}", chart)
    for spec in specs:
        analysis = analyse(spec)
        title = analysis.stages.title or analysis.stages.name
        page += f"### {title}\n\n[{spec.name}](../specs/{spec.name})\n\n"
        page += f"![{title}](pictures/{spec.stem}.svg)\n\n"
        yield FOLDER / f"{spec.stem}.svg", picture(analysis, "svg", "auto")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "broken.yaml")
        path.write_text(BROKEN, encoding="utf-8")
        yield FOLDER / "broken.svg", picture(analyse(path), "svg", "auto")
    yield PAGE, (page.rstrip() + "\n").encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
