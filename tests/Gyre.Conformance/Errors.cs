using System.Globalization;

namespace Gyre.Conformance;

internal sealed class E1(string text) : Exception(text);

internal sealed class E2(string text) : Exception(text);

/// <summary>Writes values and errors as the oracle does, and matches errors as its handlers do.</summary>
internal static class Errors
{
    public static Exception Make(string kind, string text) => kind == "E1" ? new E1(text) : new E2(text);

    public static bool Matches(Exception error, string kind) => kind switch
    {
        "base" => true,

        // Python's cancellation is no Exception there.
        "any" => error is not CancelledException,
        "E1" => error is E1,
        "E2" => error is E2,
        "Cancelled" => error is CancelledException,
        "Timeout" => error is TimeoutException,
        "Group" => error is AggregateException,
        _ => throw new ArgumentException($"unknown kind {kind}"),
    };

    public static string Show(object? value) => value switch
    {
        null => "None",
        E1 or E2 => $"{value.GetType().Name}({((Exception)value).Message})",
        CancelledException cancelled => $"Cancelled({cancelled.CancelMessage})",
        AggregateException group => "Group[" + string.Join(", ", group.InnerExceptions.Select(Show)) + "]",
        Exception error => Name(error) + "()",
        bool flag => flag ? "true" : "false",
        string text => text,
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Show)) + "]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Exception error) => error switch
    {
        TimeoutException => "Timeout",
        InvalidStateException => "InvalidState",
        QueueEmptyException => "QueueEmpty",
        QueueFullException => "QueueFull",
        QueueShutDownException => "QueueShutDown",
        BrokenBarrierException => "BrokenBarrier",
        SemaphoreFullException => "Value",
        InvalidOperationException => "Runtime",
        ArgumentException => "Value",
        _ => throw new InvalidDataException("An error that no program can cause.", error),
    };
}
