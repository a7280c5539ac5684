"""Watched subjects: whoever looks one of them up is told of; who they are is sealed."""
