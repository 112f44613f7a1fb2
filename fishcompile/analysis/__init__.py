"""Facts about a graph, computed once: shapes, costs, I-convs, strides."""
