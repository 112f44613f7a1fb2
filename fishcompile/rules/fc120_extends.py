"""FC120: A variant's base is a spec below the same root, and no spec is its own base."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A variant says what it changes, so its base has to be there. The root is the nearest "
        "folder above the spec with a `pyproject.toml` or a `.git`, or else the spec's own "
        "folder: a spec from elsewhere cannot read files of yours. Removing by `null` what the "
        "base does not have is found by this rule too."
    ),
    bad={
        "spec.yaml": """\
fishspec: 2
name: larger
extends: small.yaml
tail:
  tail2: null  # expect: FC120 @ 3-8 "removes nothing"
""",
        "small.yaml": """\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
    },
    good={
        "spec.yaml": """\
fishspec: 2
name: larger
extends: small.yaml
tail:
  tail2: {out: 128, blocks: 1}
""",
        "small.yaml": """\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
    },
)
