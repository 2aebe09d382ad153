"""The project: what any case system would need, and the pages that join the domain's apps."""
