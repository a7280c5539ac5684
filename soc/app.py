"""The composition root: the rooms there are, and the web application made from them."""

from soc.registry import ROOMS, rooms
from soc.web.application import create_app

__all__ = ["ROOMS", "create_app", "rooms"]
