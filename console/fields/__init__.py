"""Fields of forms as pages draw them and as the API describes them."""
