"""Persons that stay, since a run is carried out in sessions of its own."""

from tests.detectors.sigma.own.conftest import person

__all__ = ["person"]
