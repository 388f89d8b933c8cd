"""The rules by which `verify` judges a sentence: each module knows one way to fail, and nothing of the verdict."""
