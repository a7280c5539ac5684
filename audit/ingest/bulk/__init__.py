"""What speaks OpenSearch's ``_bulk`` may send here: the same durable register behind another door (docs/decisions/027)."""
