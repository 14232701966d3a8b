using System.Text;

namespace Gyre;

public abstract partial class Future
{
    // A result may be as long as a page; in a list of tasks one wants to see which it is, and not all of it.
    private const int ResultTextMax = 100;

    /// <summary>Where the program has made it, as <c>file:line</c>; null outside of debug mode, and for what the library
    /// has made.</summary>
    /// <remarks>Any thread. asyncio: the end of <c>_source_traceback</c>.</remarks>
    public string? CreatedAt => CreationSite.Of(this);

    /// <summary>What it is and how it stands: <c>Future [pending, callbacks: 1]</c>, <c>task 'a' [cancelling, in Work,
    /// waits for sleep]</c>, <c>task 'b' [finished, result: 5]</c>.</summary>
    /// <remarks>For people. Does not count as retrieving the error. asyncio: <c>repr</c>.</remarks>
    public override string ToString()
    {
        var text = new StringBuilder(Describe()).Append(" [");
        if (IsDone)
        {
            AppendOutcome(text);
        }
        else
        {
            AppendProgress(text);
            if (CallbackCount > 0)
            {
                text.Append(", callbacks: ").Append(CallbackCount);
            }
        }

        if (CreatedAt is { } place)
        {
            text.Append(", created at ").Append(place);
        }

        return text.Append(']').ToString();
    }

    /// <summary>How a future that is not done stands.</summary>
    private protected virtual void AppendProgress(StringBuilder text) => text.Append("pending");

    /// <summary>The result as text; null when the future has none to tell.</summary>
    private protected virtual string? DescribeResult() => null;

    private protected static string? DescribeResult<T>(T? result) =>
        typeof(T) == typeof(VoidResult) ? null : result?.ToString() ?? "null";

    private void AppendOutcome(StringBuilder text)
    {
        if (IsCancelled)
        {
            text.Append("cancelled");
            return;
        }

        text.Append("finished");
        if ((_content as Failure)?.Error.SourceException is { } error)
        {
            text.Append(", ").Append(error.GetType().Name).Append(": ").Append(error.Message);
        }
        else if (DescribeResult() is { } result)
        {
            text.Append(", result: ").Append(result, 0, Math.Min(result.Length, ResultTextMax));
            if (result.Length > ResultTextMax)
            {
                text.Append('…');
            }
        }
    }
}
