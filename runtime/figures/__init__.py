"""What the live views' figures are made of: plain frozen values with numpy arrays, one file a view; no torch, so the screen may import them."""
