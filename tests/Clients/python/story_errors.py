"""What an error of the services says beyond its code: google.rpc.Status, in the trailer grpc-status-details-bin."""

from dataclasses import dataclass, field

import grpc

import rpc_errors_pb2 as rpc


@dataclass
class ErrorDetails:
    """The details of an error; empty where it has none."""

    violations: list[tuple[str, str]] = field(default_factory=list)
    """Path of each wrong field, and what is wrong with it."""

    retry_after: float | None = None
    """Seconds to wait before asking again; None: asking again does not help."""

    reason: str = ""
    """As in MODEL_MISMATCH."""


def details_of(error: grpc.RpcError) -> ErrorDetails:
    """Reads the details of an error."""
    details = ErrorDetails()
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for packed in rpc.Status.FromString(value).details:
            bad_request, retry_info, error_info = rpc.BadRequest(), rpc.RetryInfo(), rpc.ErrorInfo()
            if packed.Unpack(bad_request):
                details.violations += [(v.field, v.description) for v in bad_request.field_violations]
            elif packed.Unpack(retry_info):
                details.retry_after = retry_info.retry_delay.ToTimedelta().total_seconds()
            elif packed.Unpack(error_info):
                details.reason = error_info.reason
    return details
