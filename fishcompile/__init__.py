"""fishcompile: YAML specs of fish-shaped backbones to readable PyTorch."""
