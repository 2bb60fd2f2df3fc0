"""Installing plugins of others: what pip would do, judged before it does it. Nothing else in the assistant runs pip.

pip.py calls pip, wheels.py reads what it brings, needs.py knows who needs which distribution, plan.py judges and
carries out.
"""
