"""Turns observations into what an answerer needs, in four pure steps, one module each.

    align      what belongs together by time and by region; spatial relations between boxes
    reconcile  several judgements of one thing become one; sentiment by late fusion
    select     what matters for a question: attention of the question over the observations
    render     the context as one block of text for a language model, marked as data

Import from the modules: `from assistant.fusion.render import render`.
"""
