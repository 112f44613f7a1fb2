"""Runs to be written: one with all that a finding can have, and one of hostile texts."""

from __future__ import annotations

from pathlib import Path

from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix, Related, Report
from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.formats import Checked, Page, RuleFacts, find_format, format_names

FORMATS = format_names()
VARIANT = Source("specs/v.yaml", "fishspec: 2\nname: v\nextends: base.yaml\nbody: {b: {k: 3}}\n")
BASE = Source("specs/base.yaml", "fishspec: 2\ntail:\n  t: {otu: 512}\n  u: {otu: 512}\n")

CHANNELS = Diagnostic(
    "FC302",
    "512 is not divisible by 3",
    Span(VARIANT, 4, 11, 4, 15),
    label="k is 3",
    related=(Related(Span(BASE, 3, 12, 3, 15), "t gives 512"),),
    notes=("trunk t -> b",),
    help=("write `k: 2`", "write `k: 4`"),
)
TYPO = Diagnostic(
    "FC110",
    "unknown key `otu`",
    Span(BASE, 3, 7, 3, 10),
    help=("did you mean `out`?",),
    fixes=(Fix("write `out`", (Edit(Span(BASE, 3, 7, 3, 10), "out"),), safe=True),),
)
STYLE = Diagnostic("FC501", "an I-conv", Span(VARIANT, 1, 1, 2, 5), severity="warning")
MISSING = Diagnostic("FC100", "the file cannot be read", start_of(Source("none.yaml", "")))

RUN = (
    Checked("specs/v.yaml", Report((STYLE, TYPO, CHANNELS), skipped=2)),
    Checked("specs/base.yaml", Report((TYPO,))),
    Checked("specs/good.yaml", Report()),
    Checked("none.yaml", Report((MISSING,)), unreadable=True),
)
CLEAN = (Checked("specs/good.yaml", Report()),)

RULES = {
    "FC302": RuleFacts("divisibility", "error", "k divides.", "Because.", "k divides.\n\nBecause."),
    "FC501": RuleFacts("i-conv", "warning", "No I-conv.", "Because.", "No I-conv.\n\nBecause."),
}

HOSTILE = (
    "a\n::error file=x::forged",
    "a\r::error::forged",
    "::error file=x,line=1::forged",
    "  ::stop-commands::token",
    "##[add-mask]forged",
    "x ##[error]forged",
    "%0A::error::forged %25 %0D",
    "comma, colon: \"double\" 'single' `back`",
    "]]> <![CDATA[ &amp; <!-- -->",
    "<script>alert(1)</script>",
    "</failure></testcase><testcase name='forged'/>",
    "[forged](https://example.com) ![i](x) [a][b] [forged](1)",
    "\\](1) \\[",
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "\u202eevil\u2066\u200b\u2028\u0085\ufeff",
    "\x00\x01\x0b\x0c\x7f\ufffe\uffff",
    "\udcff\ud800 lone surrogates",
    '", "forged": "',
    "\U000e0041\U0001f41f 鱼",
)


def write(name: str, checked: tuple[Checked, ...], page: Page | None = None) -> str:
    return find_format(name)(checked, page or Page(root=Path.cwd(), rules=lambda: RULES))


def hostile_run(text: str) -> tuple[Checked, ...]:
    """A run in which everything that a spec, or the name of a file, can decide is `text`."""
    source = Source(text, f"{text}\n")
    span = Span(source, 1, 1, 1, 2)
    found = tuple(
        Diagnostic(
            rule,
            text,
            span,
            text,
            "warning" if rule == "FC501" else "error",
            related=(Related(span, text),),
            notes=(text,),
            help=(text,),
            fixes=(Fix(text, (Edit(span, text),)),),
        )
        for rule in ("FC302", "FC501")
    )
    return (Checked(text, Report(found)), Checked(f"{text}/2", Report(found), unreadable=True))
