"""Faults: what can go wrong with a pole, each injected where it would act in reality."""
