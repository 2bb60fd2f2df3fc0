"""Who needs which distribution: what may not change when something is installed, and what is left over afterwards."""

from __future__ import annotations

from assistant.installing.needs import Package, installed, left_over, needed, plugin_packages, unmet


def packages(*given: Package) -> dict[str, Package]:
    return {each.name: each for each in given}


CORE = Package("sensorium", "1", ("click>=8", 'driver>=1; extra == "db"', 'old; python_version < "3"'))


def test_needs_are_followed_through() -> None:
    """What is needed by what is needed counts, with the extras that are asked for and those that are installed."""
    here = packages(
        CORE,
        Package("click", "8.1", ("colour[fast]",)),
        Package("colour", "1", ('speedup; extra == "fast"', 'slowdown; extra == "slow"')),
        Package("speedup", "1"),
        Package("slowdown", "1"),
        Package("driver", "2"),
        Package("old", "1"),
        Package("mine", "1"),
    )
    found = needed(here, ["sensorium"])
    assert found == {
        "sensorium": "",
        "click": "sensorium",
        "driver": "sensorium",
        "colour": "click",
        "speedup": "colour",
    }


def test_a_circle_of_needs_ends() -> None:
    """Distributions that need each other are followed once."""
    here = packages(Package("a", "1", ("b",)), Package("b", "1", ("a",)))
    assert set(needed(here, ["a"])) == {"a", "b"}
    assert unmet(here, "a") == []


def test_needs_that_would_not_hold() -> None:
    """A version outside of the range, and a distribution that is missing; not what an extra would need."""
    here = packages(CORE, Package("click", "7", ("colour",)))
    assert [(each.package, each.requirement, each.found) for each in unmet(here, "sensorium")] == [
        ("sensorium", "click>=8", "7")
    ]
    here["click"] = Package("click", "9", ("colour",))
    assert [(each.package, each.requirement, each.found) for each in unmet(here, "sensorium")] == [
        ("click", "colour", "")
    ]


def test_left_over_is_what_nothing_else_needs() -> None:
    """Needs of needs too; what another uses stays out of the list."""
    here = packages(
        Package("plugin", "1", ("codec", "shared")),
        Package("codec", "1", ("tables",)),
        Package("tables", "1"),
        Package("shared", "1"),
        Package("other", "1", ("shared",)),
    )
    assert [each.name for each in left_over(here, "plugin")] == ["codec", "tables"]


def test_what_is_installed_here() -> None:
    """The core, its needs and the built-in plugins are found, by plain names."""
    here = installed()
    assert "sensorium" in plugin_packages(here)
    assert here["pydantic-core"].version
    assert needed(here, ["sensorium"])["pydantic-core"] == "pydantic"
    assert unmet(here, "sensorium") == []
