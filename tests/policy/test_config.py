"""`[tool.fishcompile]` and the options over it: what is found, what holds, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import UsageError
from fishcompile.policy.config import Config, find_config, override
from fishcompile.policy.globs import matches


def config(folder: Path, table: str) -> Config:
    (folder / "pyproject.toml").write_text(f"[tool.fishcompile]\n{table}", encoding="utf-8")
    return find_config(folder / "net.yaml")


def test_the_nearest_table_above_the_spec_holds(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    config(tmp_path, 'ignore = ["FC501"]')
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    assert find_config(inner / "net.yaml").ignore == ("FC501",)
    assert config(tmp_path / "a", 'ignore = ["FC502"]').ignore == ("FC502",)


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository"
    (inner / ".git").mkdir(parents=True)
    config(tmp_path, 'ignore = ["FC501"]')
    assert find_config(inner / "net.yaml") == Config()
    assert config(inner, "").folder == inner


@pytest.mark.parametrize(
    ("select", "ignore", "rule", "wanted"),
    [
        ('["all"]', "[]", "FC501", True),
        ('["FC4"]', "[]", "FC501", False),
        ('["FC4"]', "[]", "FC402", True),
        ('["FC4"]', "[]", "FC302", True),  # what cannot be built is always said
        ('["FC5"]', '["FC501"]', "FC501", False),
        ('["FC5"]', '["FC501"]', "FC502", True),
        ('["FC501"]', '["FC5"]', "FC501", True),  # named more closely
        ('["FC501"]', '["FC501"]', "FC501", False),
        ("[]", "[]", "FC501", False),
        ("[]", "[]", "FC101", True),
    ],
)
def test_select_and_ignore(
    tmp_path: Path, select: str, ignore: str, rule: str, wanted: bool
) -> None:
    found = config(tmp_path, f"select = {select}\nignore = {ignore}\n")
    assert found.wants(rule, str(tmp_path / "net.yaml")) is wanted


def test_per_file_ignores_are_relative_to_the_file_of_the_table(tmp_path: Path) -> None:
    found = config(tmp_path, 'per-file-ignores = {"old/**" = ["FC5"], "*_draft.yaml" = ["FC402"]}')
    assert not found.wants("FC501", str(tmp_path / "old" / "a" / "net.yaml"))
    assert found.wants("FC402", str(tmp_path / "old" / "net.yaml"))
    assert found.wants("FC501", str(tmp_path / "new" / "old" / "net.yaml"))
    assert not found.wants("FC402", str(tmp_path / "new" / "x_draft.yaml"))
    assert found.wants("FC501", str(tmp_path.parent / "old" / "net.yaml"))


@pytest.mark.parametrize(
    ("glob", "file", "fits"),
    [
        ("*.yaml", "a/b/net.yaml", True),
        ("net?.yaml", "net1.yaml", True),
        ("a/*.yaml", "a/net.yaml", True),
        ("a/*.yaml", "a/b/net.yaml", False),
        ("a/**/*.yaml", "a/net.yaml", True),
        ("a/**/*.yaml", "a/b/c/net.yaml", True),
        ("**/b/**", "a/b/c/net.yaml", True),
        ("b/**", "a/b/net.yaml", False),
        ("/net.yaml", "net.yaml", True),
        ("/net.yaml", "a/net.yaml", False),  # a slash before it ties it to the folder
        ("/a/*.yaml", "a/net.yaml", True),
        ("/a/*.yaml", "b/a/net.yaml", False),
        ("**/**/**/**/**/**/**/**/**/**/x", "/".join("a" * 200), False),
    ],
)
def test_globs(tmp_path: Path, glob: str, file: str, fits: bool) -> None:
    assert matches(str(tmp_path / file), glob, tmp_path) is fits


def test_warn_as_error_takes_rules_or_true(tmp_path: Path) -> None:
    some = config(tmp_path, 'warn-as-error = ["FC501"]')
    assert (some.is_error("FC501"), some.is_error("FC502")) == (True, False)
    other = tmp_path / "other"
    other.mkdir()
    assert config(other, "warn-as-error = true").is_error("FC901")


@pytest.mark.parametrize(
    ("table", "message", "help_"),
    [
        (
            "ignores = []",
            "unknown key `ignores` in [tool.fishcompile]",
            "did you mean `ignore`?",
        ),
        (
            "warn_as_error = true",
            "unknown key `warn_as_error` in [tool.fishcompile]",
            "did you mean `warn-as-error`?",
        ),
        (
            "color = 1",
            "unknown key `color` in [tool.fishcompile]",
            "keys: `select`, `ignore`, `warn-as-error`, `per-file-ignores`",
        ),
        (
            'ignore = "FC501"',
            "`ignore` must be a list of rule ids",
            'for example ["FC501", "FC51"]',
        ),
        (
            "warn-as-error = 1",
            "`warn-as-error` must be a list of rule ids or true",
            'for example ["FC501", "FC51"]',
        ),
        ('ignore = ["FC50l"]', "`ignore`: no rule has the id `FC50l`", "did you mean `FC501`?"),
        (
            'select = ["zzz"]',
            "`select`: no rule has the id `zzz`",
            "`fishcompile rules` lists them",
        ),
        (
            'ignore = ["FC302"]',
            "`ignore`: FC302 cannot be ignored",
            "FC1xx to FC3xx say that a spec cannot be built; FC4xx and up can be ignored",
        ),
        (
            'per-file-ignores = {"a/*" = ["FC2"]}',
            "`per-file-ignores.a/*`: FC201 cannot be ignored (`FC2`)",
            "FC1xx to FC3xx say that a spec cannot be built; FC4xx and up can be ignored",
        ),
        (
            "per-file-ignores = []",
            "`per-file-ignores` is a table of globs",
            'for example {"old/**" = ["FC501"]}',
        ),
    ],
)
def test_a_wrong_table_is_refused_with_file_and_key(
    tmp_path: Path, table: str, message: str, help_: str
) -> None:
    with pytest.raises(UsageError) as caught:
        config(tmp_path, table)
    assert (str(caught.value), caught.value.help) == (
        f"{tmp_path / 'pyproject.toml'}: {message}",
        help_,
    )


def test_broken_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"pyproject\.toml is not TOML: "):
        config(tmp_path, "ignore = [")


def test_options_over_the_table(tmp_path: Path) -> None:
    table = config(tmp_path, 'select = ["FC5"]\nignore = ["FC501"]\nwarn-as-error = ["FC502"]')
    spec = str(tmp_path / "net.yaml")
    selected = override(table, select="FC501, FC4")
    assert (selected.wants("FC501", spec), selected.wants("FC502", spec)) == (True, False)
    added = override(table, ignore="FC502", warn_as_error="FC503")
    assert [rule for rule in ("FC501", "FC502", "FC503") if added.wants(rule, spec)] == ["FC503"]
    assert (added.is_error("FC502"), added.is_error("FC503")) == (True, True)
    assert override(Config(), warn_as_error="all").is_error("FC901")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"select": "FC5,"}, "--select: no rule has the id ``"),
        ({"ignore": "all"}, "--ignore: FC100 cannot be ignored (`all`)"),
        ({"warn_as_error": "FC999"}, "--warn-as-error: no rule has the id `FC999`"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        override(Config(), **options)
    assert str(caught.value) == message
