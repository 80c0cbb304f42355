using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>
/// Compression as gRPC has it, but a message that would unpack to more than a message may have is refused while it is being unpacked:
/// gRPC itself compares only the packed size with its limit, and four packed megabytes can hold four thousand.
/// </summary>
/// <param name="provider">What packs and unpacks.</param>
/// <param name="maxBytes">Most bytes of an unpacked message.</param>
internal sealed class BoundedCompression(ICompressionProvider provider, int maxBytes) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => provider.EncodingName;

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => provider.CreateCompressionStream(stream, compressionLevel);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new BoundedStream(provider.CreateDecompressionStream(stream), maxBytes);

    private sealed class BoundedStream(Stream unpacked, int maxBytes) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = unpacked.Read(buffer, offset, count);
            _read += read;
            return _read <= maxBytes
                ? read
                : throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The unpacked message has more than the {maxBytes} bytes that are allowed."));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                unpacked.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
