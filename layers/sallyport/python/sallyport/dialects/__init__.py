"""What applications speak. A dialect is a pair of modules: `parse` makes our request, `render` makes their answer."""
