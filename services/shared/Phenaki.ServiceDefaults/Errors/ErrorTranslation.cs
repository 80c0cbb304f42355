using Grpc.Core;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>Which exceptions of the layers below gRPC are answers to a client; every other exception is a bug.</summary>
public sealed class ErrorTranslation
{
    private readonly Dictionary<Type, Func<Exception, RpcException>> _translations = [];

    /// <summary>Answers <typeparamref name="TException"/>, and what derives from it, with what <paramref name="translate"/> makes of it.</summary>
    public void Add<TException>(Func<TException, RpcException> translate)
        where TException : Exception => _translations[typeof(TException)] = exception => translate((TException)exception);

    /// <summary>The answer to an exception; null for a bug.</summary>
    public RpcException? Translate(Exception exception)
    {
        for (var type = exception.GetType(); type is not null; type = type.BaseType)
        {
            if (_translations.TryGetValue(type, out var translate))
            {
                return translate(exception);
            }
        }

        return null;
    }
}
