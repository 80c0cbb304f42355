namespace Phenaki.Testing;

/// <summary>Waits for what another process or thread brings about in its own time.</summary>
public static class Eventually
{
    /// <summary>Asks again and again until the answer is yes; the token's time-out is the test's own.</summary>
    public static async Task TrueAsync(Func<ValueTask<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }
}
