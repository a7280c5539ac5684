"""What the reviews offer to the policies room; light, everything heavy is named."""

from soc.room import MenuEntry, Subscription

MODELS = ("policies.reviews.models",)
BLUEPRINTS = ("policies.reviews.routes:bp", "policies.reviews.api:bp")
MENU = (
    MenuEntry("reviews.title", "reviews.index", "policies.write", 510, "gavel", "policies.reviews.service:count_open"),
)
SUBSCRIPTIONS = (Subscription("soc.ledger.values:ReviewOpened", "policies.reviews.service:open_review"),)
