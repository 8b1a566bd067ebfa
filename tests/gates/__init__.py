"""Gates: rules that hold for the whole product, whatever is added to it."""
