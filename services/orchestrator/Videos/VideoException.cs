using Phenaki.Contracts;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A request of the videos API that is refused.</summary>
internal sealed class VideoException : Exception
{
    /// <summary>Kind of all errors that are the client's.</summary>
    public const string InvalidRequest = "invalid_request_error";

    private VideoException(int status, VideoError error)
        : base(error.Message) => (Status, Error) = (status, error);

    /// <summary>Status of HTTP.</summary>
    public int Status { get; }

    /// <summary>What the client is told.</summary>
    public VideoError Error { get; }

    /// <summary>400: a field is wrong.</summary>
    public static VideoException Invalid(string? param, string message, string? code = "invalid_value") =>
        new(StatusCodes.Status400BadRequest, new(message, InvalidRequest, param, code));

    /// <summary>400: fields are wrong; the first is named, the message has all.</summary>
    public static VideoException Invalid(IReadOnlyList<FieldProblem> problems) => Invalid(
        problems[0].Field.Length > 0 ? problems[0].Field : null,
        string.Join(' ', problems.Select(problem => problem.Field.Length > 0 ? $"{problem.Field} {problem.Message}" : problem.Message)));

    /// <summary>404: there is no such video.</summary>
    public static VideoException NoVideo(string id) =>
        new(StatusCodes.Status404NotFound, new($"There is no video '{id}'; it may have expired.", InvalidRequest, "video_id", "video_not_found"));

    /// <summary>404: there is no such call.</summary>
    public static VideoException NoCall(HttpRequest request) => new(
        StatusCodes.Status404NotFound,
        new(
            request.Path.StartsWithSegments("/v1/videos/characters", StringComparison.Ordinal)
                ? "There are no characters here; what a video goes on from is a picture (input_reference of POST /v1/videos) or another video (POST /v1/videos/extensions)."
                : $"There is no {request.Method} {request.Path} here.",
            InvalidRequest,
            null,
            "unknown_url"));

    /// <summary>415: the body is of another kind.</summary>
    public static VideoException OtherContent(string? type) => new(
        StatusCodes.Status415UnsupportedMediaType,
        new($"The content type is '{type}'; allowed are application/json and multipart/form-data.", InvalidRequest, null, "unsupported_content_type"));
}
