"""Turns observations into what an answerer needs, in four pure steps: align, reconcile, select, render."""

from assistant.fusion.reconcile import Feeling, agree, fuse_sentiment, merge
from assistant.fusion.render import render
from assistant.fusion.select import Selected, select

__all__ = ["Feeling", "Selected", "agree", "fuse_sentiment", "merge", "render", "select"]
