"""Where tables come from: files of many kinds, and databases. One module for each; all of them only read."""
