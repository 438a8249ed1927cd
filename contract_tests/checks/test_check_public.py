"""The public surface is what `__all__` says, sorted, and every name in it can be had."""

import importlib

import pytest

PACKAGES = ("modeldouble", "modeldouble_contract", "modeldouble_server")


@pytest.mark.parametrize("package", PACKAGES)
def test_all_is_sorted_and_every_name_resolves(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__all__ == sorted(set(module.__all__))
    assert all(getattr(module, name) is not None for name in module.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_else_is_public(package: str) -> None:
    module = importlib.import_module(package)
    found = {name for name, value in vars(module).items() if not name.startswith("_") and _own(value, package)}
    assert found <= set(module.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_dir_shows_the_public_names(package: str) -> None:
    module = importlib.import_module(package)
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_there_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError):
        _ = importlib.import_module(package).no_such_name


def _own(value: object, package: str) -> bool:
    """Made by the package, and no submodule that an import has hung on it."""
    return str(getattr(value, "__module__", "")).split(".")[0] == package
