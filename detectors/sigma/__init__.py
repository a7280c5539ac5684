"""Sigma rules: parsed by pySigma, matched by our own columnar matcher on batches, files and history alike."""
