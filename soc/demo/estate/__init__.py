"""The province at its full size: 1,335 tables and 35,672 columns of many systems and centres, with the truth beside them."""
