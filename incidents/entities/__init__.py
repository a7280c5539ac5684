"""What the logs name and people ask after: a table, an address, an application, each with a page of its own."""
