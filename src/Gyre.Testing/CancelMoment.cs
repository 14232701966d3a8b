namespace Gyre.Testing;

/// <summary>A moment in the life of the coroutine that <see cref="CancelEverywhere"/> cancels.</summary>
/// <param name="Number">Its number, from 0: before the first step.</param>
/// <param name="Time">The time on the loop's clock.</param>
/// <param name="Description">Where the coroutine was, and what it waited for.</param>
public sealed record CancelMoment(int Number, TimeSpan Time, string Description)
{
    /// <inheritdoc/>
    public override string ToString() => $"moment {Number} (at {Time.TotalSeconds} s): {Description}";
}
