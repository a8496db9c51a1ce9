"""The block library: every kind of block is one small class. Torch is imported only when a block is built."""
