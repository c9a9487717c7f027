"""Kinds of traffic that broke somebody, made from a seed. Each is a function of a random generator that returns a
capture, which knows what SIP it holds."""
import random

import media_variants
import sip_variants
import time_variants

VARIANTS = (*media_variants.VARIANTS, *sip_variants.VARIANTS, *time_variants.VARIANTS)


def make(name, seed):
    """The capture of one variant; the same for the same name and seed."""
    variant = next(variant for variant in VARIANTS if variant.__name__ == name)
    return variant(random.Random(f"{name} {seed}"))
