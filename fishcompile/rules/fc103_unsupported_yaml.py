"""FC103: A spec has no tags, no merge keys, no directives but `%YAML 1.2`, and no second document."""  # noqa: E501

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Tags make a parser build what a file asks for, and merge keys are of YAML 1.1 alone. "
        "Neither says anything that a spec needs: anchors and aliases, `defaults` and `extends` "
        "do."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: &wide {out: 64, blocks: 1}
  tail2: {<<: *wide, blocks: 2}  # expect: FC103 @ 11-13 "merge keys"
""",
    good="""\
fishspec: 2
name: small
defaults:
  tail: {blocks: 1}
tail:
  tail1: {out: 64}
  tail2: {out: 64, blocks: 2}
""",
)
