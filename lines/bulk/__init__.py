"""Lines as what the bulk engine works on."""
