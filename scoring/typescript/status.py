"""HTTP statuses by the names that NestJS gives them."""

from __future__ import annotations

EXCEPTION_STATUSES = {
    "BadRequestException": 400,
    "UnauthorizedException": 401,
    "PaymentRequiredException": 402,
    "ForbiddenException": 403,
    "NotFoundException": 404,
    "MethodNotAllowedException": 405,
    "NotAcceptableException": 406,
    "RequestTimeoutException": 408,
    "ConflictException": 409,
    "GoneException": 410,
    "PreconditionFailedException": 412,
    "PayloadTooLargeException": 413,
    "UnsupportedMediaTypeException": 415,
    "UnprocessableEntityException": 422,
    "InternalServerErrorException": 500,
    "NotImplementedException": 501,
    "ServiceUnavailableException": 503,
}
"""The exceptions of `@nestjs/common`."""

HTTP_STATUSES = {
    "OK": 200,
    "CREATED": 201,
    "ACCEPTED": 202,
    "NO_CONTENT": 204,
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "GONE": 410,
    "PRECONDITION_FAILED": 412,
    "UNPROCESSABLE_ENTITY": 422,
    "TOO_MANY_REQUESTS": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
}
"""Members of Nest's `HttpStatus`."""
