// placeholder: the graph helper writes this
