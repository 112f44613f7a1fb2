"""FC207: A kind with a dot in it is a plug-in that is installed and keeps its contract."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A plug-in is Python code of another package, found by its entry point. A spec that names "
        "one means something only where that package is installed. What the plug-in does is "
        "checked when it is used: keys that cannot be read, an exception, a name that an "
        "emitted file cannot have are errors of the plug-in, reported with its name at the node "
        "that asks for it. What most blocks need can be written in the spec itself, under `blocks`."
    ),
    bad="""\
fishspec: 2
name: ghostly
graph:
  c1: {kind: conv, from: input, out: 16}
  g1: {kind: acme.ghost, out: 32}  # expect: FC207 @ 14-24 "no installed package"
outputs: {ghosts: g1}
""",
    good="""\
fishspec: 2
name: ghostly
blocks:
  ghost:
    parameters: {out: required}
    graph:
      main: {kind: conv, out: out // 2, kernel: 1}
      cheap: {kind: conv, out: out // 2, groups: out // 2}
      both: {kind: concat, from: [main, cheap]}
graph:
  c1: {kind: conv, from: input, out: 16}
  g1: {kind: ghost, out: 32}
outputs: {ghosts: g1}
""",
)
