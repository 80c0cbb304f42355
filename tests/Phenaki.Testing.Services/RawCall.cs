using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Phenaki.Testing.Services;

/// <summary>Calls a method with bytes of the test's own choosing where a client would send messages: what no generated client can be made to send.</summary>
/// <param name="handler">Transport, as of a <see cref="ServiceHost"/>.</param>
public sealed class RawCall(HttpMessageHandler handler) : IDisposable
{
    private const int HeaderBytes = 5;

    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>The frame of a message: a flag, the length, the bytes.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message, bool compressed = false)
    {
        var frame = new byte[HeaderBytes + message.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>The messages of a body that was framed so.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> body)
    {
        while (body.Length >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.Span[1..]);
            yield return body.Slice(HeaderBytes, length);
            body = body[(HeaderBytes + length)..];
        }
    }

    /// <summary>Sends a body and reads the answer until it ends or enough has come.</summary>
    /// <param name="method">As in "/package.Service/Method".</param>
    /// <param name="body">What is sent.</param>
    /// <param name="headers">Further headers, or others in place of the usual ones.</param>
    /// <param name="maxBytes">Bytes of the answer after which the call is cancelled.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<RawAnswer> SendAsync(
        string method, byte[] body, IReadOnlyDictionary<string, string>? headers, long maxBytes, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://localhost{method}") { Version = HttpVersion.Version20, Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (received.Length < maxBytes)
        {
            var read = await content.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return new(response.StatusCode, Status(response), received.ToArray(), Trailer(response, "grpc-message"), Trailer(response, "grpc-status-details-bin"));
            }

            received.Write(buffer, 0, read);
        }

        return new(response.StatusCode, null, received.ToArray(), "", "");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static StatusCode? Status(HttpResponseMessage response) =>
        int.TryParse(Trailer(response, "grpc-status"), CultureInfo.InvariantCulture, out var status) ? (StatusCode)status : null;

    private static string Trailer(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailing) || response.Headers.TryGetValues(name, out trailing) ? string.Join(',', trailing) : "";
}
