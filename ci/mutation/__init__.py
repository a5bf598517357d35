"""The parts of ci/mutate: what facts, packs and sources say, where to mutate, and how a mutant is judged."""
