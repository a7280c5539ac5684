"""The demo's accounts as rows: account, person, organisation, post."""

from sqlalchemy.orm import Session

from soc.accounts.service import AccountEntry, map_accounts
from soc.demo.accounts import Post, demo_accounts
from soc.demo.world import World
from soc.identity.actor import Actor


def map_demo_accounts(session: Session, actor: Actor, seed: int, size: str) -> int:
    """Enter every account of the province of ``seed``; returns how many."""
    entries = [
        AccountEntry(
            org=one.org, name=one.name, post=one.post.value, person=one.person_uid, is_service=one.post is Post.SERVICE
        )
        for one in demo_accounts(World.of(seed, size))
    ]
    return map_accounts(session, actor, entries)
