using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Encoding;

/// <summary>Reads the prompts of a stream; a bad one ends the stream with everything that is wrong with it, by <c>prompts[NUMBER].FIELD</c>.</summary>
/// <param name="maxPrompts">Most prompts in the stream.</param>
/// <param name="maxTokens">Most tokens of a prompt.</param>
internal sealed class PromptReader(int maxPrompts, int maxTokens)
{
    private const int MaxId = 128;
    private const int MaxText = 4096;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>The prompts, as they come.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every violation of the first bad prompt.</exception>
    public async IAsyncEnumerable<Prompt> ReadAllAsync(
        IAsyncStreamReader<EncodePromptsRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in requests.ReadAllAsync(cancellationToken))
        {
            yield return Read(request);
        }
    }

    private Prompt Read(EncodePromptsRequest request)
    {
        var index = _ids.Count;
        var path = string.Create(CultureInfo.InvariantCulture, $"prompts[{index}]");
        var violations = new Violations();
        if (index == maxPrompts)
        {
            violations.Add(path, string.Create(CultureInfo.InvariantCulture, $"is one too many; a stream holds up to {maxPrompts} prompts."));
        }

        violations.Text($"{path}.id", request.Id, MaxId);
        if (!_ids.Add(request.Id))
        {
            violations.Add($"{path}.id", $"is {Violations.Quote(request.Id)} again; ids must be unique in their stream.");
        }

        violations.Text($"{path}.text", request.Text, MaxText);
        if (request.DataType is not (DataType.Unspecified or DataType.Float32 or DataType.Bfloat16))
        {
            violations.Add($"{path}.data_type", $"is {request.DataType}; allowed are {DataType.Float32} and {DataType.Bfloat16}.");
        }

        violations.Range($"{path}.max_tokens", request.MaxTokens, 0, maxTokens);
        violations.ThrowIfAny();
        return new(
            index,
            request.Id,
            request.Text,
            request.DataType == DataType.Unspecified ? DataType.Float32 : request.DataType,
            request.MaxTokens == 0 ? maxTokens : (int)request.MaxTokens);
    }
}
