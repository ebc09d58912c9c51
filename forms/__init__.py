"""Request forms: types of documents, requests on their way, the account manager's desk."""
