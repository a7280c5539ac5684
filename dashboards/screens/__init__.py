"""The wall screen: one page, legible from five metres."""
