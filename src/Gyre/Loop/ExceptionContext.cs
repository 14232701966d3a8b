using System.Text;

namespace Gyre;

/// <summary>An error that no caller can receive, on its way to the loop's exception handler.</summary>
/// <remarks>asyncio: the <c>context</c> of <c>call_exception_handler</c>.</remarks>
public sealed class ExceptionContext
{
    /// <summary>What happened, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The exception, if there is one.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Where it comes from: the future, task, callback, transport or server; null when none is
    /// known.</summary>
    public object? Source { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(Message);
        if (Source is not null)
        {
            text.AppendLine().Append("source: ").Append(Source);
        }

        if (Exception is not null)
        {
            text.AppendLine().Append(Exception);
        }

        return text.ToString();
    }
}
