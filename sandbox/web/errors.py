"""Answers that are errors, in the body the TM Forum files describe."""

from http import HTTPStatus


class ApiError(Exception):
    """A refusal that ends the request with a TM Forum Error body."""

    def __init__(
        self, status: HTTPStatus, reason: str, message: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.headers = headers or {}

    @classmethod
    def unauthorized(cls, message: str) -> "ApiError":
        """401 for a missing or wrong token."""
        return cls(HTTPStatus.UNAUTHORIZED, "Unauthorized", message)

    def body(self) -> dict[str, str]:
        """The TM Forum Error object."""
        return {
            "code": str(self.status.value),
            "reason": self.reason,
            "message": self.message,
            "status": str(self.status.value),
            "@type": "Error",
        }


def not_found(kind: str, key: str) -> ApiError:
    """404 for one thing that is not there."""
    return ApiError(HTTPStatus.NOT_FOUND, "Not found", f"There is no {kind} with id {key!r}.")


def bad_request(problems: list[str]) -> ApiError:
    """400 that names every problem at once."""
    return ApiError(HTTPStatus.BAD_REQUEST, "Invalid request", " ".join(problems))
