using Google.Protobuf;
using Phenaki.Testing.Services;

namespace Phenaki.Fuzzing.Mutations;

/// <summary>A call: the method and the messages that are sent. Damaging it gives the bytes of the body, and headers.</summary>
/// <param name="Method">As in "/package.Service/Method".</param>
/// <param name="Messages">Messages, in order.</param>
internal sealed record CallScript(string Method, params IReadOnlyList<IMessage> Messages)
{
    private static readonly (string, string)[] Headers =
    [
        ("grpc-timeout", "1n"), ("grpc-timeout", "5m"), ("grpc-timeout", "99999999H"), ("grpc-timeout", "-1S"), ("grpc-timeout", "soon"), ("grpc-timeout", ""),
        ("grpc-encoding", "gzip"), ("grpc-encoding", "deflate"), ("grpc-encoding", "identity"), ("grpc-encoding", "snappy"), ("grpc-accept-encoding", "x"),
        ("traceparent", "00-zz-zz-00"), ("traceparent", "00-00000000000000000000000000000000-0000000000000000-01"), ("authorization", "Bearer"),
        ("grpc-trace-bin", "!!!!"), ("grpc-previous-rpc-attempts", "-5"),
    ];

    /// <summary>The body of the call as it should be.</summary>
    public byte[] Body() => [.. Messages.SelectMany(message => RawCall.Frame(message.ToByteArray()))];

    /// <summary>The call, damaged on one to three of its levels: fields, order of messages, bytes of messages, frames, headers.</summary>
    public (byte[] Body, Dictionary<string, string> Headers) Damaged(Random random)
    {
        var messages = Messages.Select(MessageFields.Copy).ToList();
        if (random.Next(10) < 6)
        {
            for (var i = random.Next(1, 4); i > 0 && messages.Count > 0; i--)
            {
                MessageFields.Change(messages[random.Next(messages.Count)], random);
            }
        }

        if (random.Next(10) < 2)
        {
            Reorder(messages, random);
        }

        var encoded = messages.Select(message => message.ToByteArray()).ToList();
        if (random.Next(10) < 3 && encoded.Count > 0)
        {
            var damaged = random.Next(encoded.Count);
            encoded[damaged] = ProtobufBytes.Damage(encoded[damaged], random);
        }

        var headers = new Dictionary<string, string>();
        if (random.Next(20) == 0)
        {
            var (name, value) = Bytes.Pick<(string, string)>(random, Headers);
            headers[name] = value;
        }

        var packed = random.Next(40) == 0;
        byte[] body = [.. encoded.SelectMany(message => RawCall.Frame(message, packed))];
        return (random.Next(10) == 0 ? Bytes.Damage(body, random) : body, headers);
    }

    private static void Reorder(List<IMessage> messages, Random random)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var at = random.Next(messages.Count);
        switch (random.Next(3))
        {
            case 0:
                messages.RemoveAt(at);
                break;
            case 1:
                messages.Insert(random.Next(messages.Count + 1), MessageFields.Copy(messages[at]));
                break;
            default:
                (messages[0], messages[at]) = (messages[at], messages[0]);
                break;
        }
    }
}
