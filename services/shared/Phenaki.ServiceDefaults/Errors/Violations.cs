using System.Globalization;
using System.Text;
using Phenaki.Contracts;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>
/// Collects everything that is wrong with a request, so that a client hears of all of it at once. What a service tells is bounded: the report
/// travels in HTTP/2 trailers, and clients refuse more than 8 KiB of those.
/// </summary>
public sealed class Violations
{
    private const int MaxBytes = 3 * 1024;
    private const int MaxMessage = 400;
    private const int MaxQuoted = 48;
    private readonly List<FieldProblem> _problems = [];
    private int _bytes;
    private int _leftOut;

    /// <summary>True when something is wrong.</summary>
    public bool Any => _problems.Count > 0;

    /// <summary>What is wrong, in the order of the checks; the last entry says how many more there were when not all fit.</summary>
    public IReadOnlyList<FieldProblem> Problems => _leftOut == 0
        ? _problems
        : [.. _problems, new("", string.Create(CultureInfo.InvariantCulture, $"{_leftOut} more fields are wrong."))];

    /// <summary>Adds a problem.</summary>
    public void Add(FieldProblem problem)
    {
        var kept = new FieldProblem(Cut(problem.Field), Cut(problem.Message));
        var bytes = Encoding.UTF8.GetByteCount(kept.Field) + Encoding.UTF8.GetByteCount(kept.Message);
        if (_leftOut > 0 || _bytes + bytes > MaxBytes)
        {
            _leftOut++;
            return;
        }

        _bytes += bytes;
        _problems.Add(kept);
    }

    /// <summary>Adds a problem.</summary>
    /// <param name="field">Path of the field, as in <c>scenes[2].prompt</c>.</param>
    /// <param name="message">The value found and what is allowed, as a sentence.</param>
    public void Add(string field, string message) => Add(new FieldProblem(field, message));

    /// <summary>Adds a problem when <paramref name="value"/> is not in the range, both ends included; a NaN never is.</summary>
    public void Range(string field, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"is {value}; allowed are {minimum} to {maximum}."));
        }
    }

    /// <summary>Adds a problem when <paramref name="value"/> is not what the model has.</summary>
    public void Exactly(string field, uint value, int allowed)
    {
        if (value != allowed)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"is {value}; must be the model's {allowed}."));
        }
    }

    /// <summary>Adds a problem when <paramref name="text"/> is not 1 (or <paramref name="minimum"/>) to <paramref name="maximum"/> characters, or holds a control character.</summary>
    public void Text(string field, string text, int maximum, int minimum = 1)
    {
        if (text.Length < minimum || text.Length > maximum)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; allowed are {minimum} to {maximum}."));
            return;
        }

        var control = text.AsSpan().IndexOfAnyInRange('\u0000', '\u001F');
        control = control < 0 ? text.AsSpan().IndexOfAnyInRange('\u007F', '\u009F') : control;
        if (control >= 0)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"has the control character U+{(int)text[control]:X4} at {control}; control characters are not allowed."));
        }
        else if (minimum > 0 && string.IsNullOrWhiteSpace(text))
        {
            Add(field, "is blank; it must say something.");
        }
    }

    /// <summary>Refuses the call when something is wrong.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with a BadRequest that holds every violation.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw RpcErrors.InvalidArgument(Problems);
        }
    }

    /// <summary>A client's own words for a message: in quotes, cut off when long, control characters made visible.</summary>
    public static string Quote(string text)
    {
        var builder = new StringBuilder("\"");
        foreach (var character in text.Length > MaxQuoted ? text[..MaxQuoted] : text)
        {
            builder.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        }

        return builder.Append(text.Length > MaxQuoted ? "...\"" : "\"").ToString();
    }

    private static string Cut(string text) => text.Length <= MaxMessage ? text : string.Concat(text.AsSpan(0, MaxMessage), "...");
}
