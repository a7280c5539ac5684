"""Personal data in running text: Presidio with our own recognizers, Chinese first, English too, no model fetched."""
