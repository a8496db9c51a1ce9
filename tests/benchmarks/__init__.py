"""Benchmarks: `python -m tests.benchmarks [NAME ...]` prints ratios measured side by side in one run, beside their targets."""
